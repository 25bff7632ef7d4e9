"""Random inspection (随机抽查)."""
