"""What to do next (下一步) after a refusal; by its code, or by the first part of it."""

from __future__ import annotations

Sentence = tuple[str, str]

ADVICE: dict[str, Sentence] = {
    "actor.role": (
        "请由有这项角色的同事办理；需要角色时请联系本部门管理员。",
        "Ask a colleague who has the role; your department's administrator grants roles.",
    ),
    "actor.same_person": (
        "请由另一位同事办理：不同的环节必须由不同的人负责。",
        "Ask another colleague: these steps must be in different hands.",
    ),
}

GENERAL: Sentence = (
    "请返回上一页，按提示更正后再办理。没有任何内容被部分保存。",
    "Go back, put it right and try again. Nothing was half saved.",
)


def advice(code: str) -> Sentence:
    """What somebody can do whom this was refused."""
    subject, _, _ = code.partition(".")
    return ADVICE.get(code) or ADVICE.get(subject) or GENERAL
