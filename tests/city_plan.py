"""The plan of a joint draw from files over the petrol stations of the sample city."""

from typing import Any

PLAN: dict[str, Any] = {
    "number": "示范-2026-0001",
    "purpose": "加油站部门联合抽查（示范）",
    "legal_basis": "国办发〔2015〕58号",
    "quota": {"rates": {"A": "10/100", "B": "20/100", "C": "40/100", "D": "100/100"}, "at_least_one": True},
    "teams": "per_target",
    "departments": [
        {"code": code, "size": 2, "leads": 1, "lead_qualification": "lead"} for code in ("AMR", "FIRE", "EM")
    ],
    "objectives": ["balance", "tickets"],
    "entropy": "d10x20",
}
