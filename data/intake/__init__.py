"""Intake of registry files (名录导入): bytes in, checked rows and every fault out."""
