"""The OpenAPI document (接口文档), in the reader's language.

The words of an operation are those of its view: English, with the Chinese in brackets; each reader is shown his own.
"""

from __future__ import annotations

import re
from typing import Any

from flask_smorest import Api

from web.language import in_language

Sentence = tuple[str, str]

_CHINESE = re.compile(r"\s*\(([^()]*[\u4e00-\u9fff][^()]*)\)")

ABOUT: Sentence = (
    "部门联合“双随机、一公开”抽查，供其他系统办理。\n\n"
    "请求须带 `Authorization: Bearer <令牌>`，令牌由账号本人在“接口令牌”页发放。办理某一事物须以 `If-Match` 写明所依据的"
    " `ETag`；带 `Idempotency-Key` 的 POST 可以放心重发。差错以 RFC 9457 的问题文档答复，默认中文，"
    "`Accept-Language: en` 为英文。",
    "Joint random inspection of departments, for other systems.\n\n"
    "Send `Authorization: Bearer <token>`; the holder of an account issues it on the page of tokens. An act on a thing "
    "asks for `If-Match` with its `ETag`; a POST with an `Idempotency-Key` may be sent again safely. Errors are problem "
    "documents (RFC 9457), in Chinese or, with `Accept-Language: en`, in English.",
)

KEY = (
    "8 to 100 visible ASCII characters of your own choice: the same request under the same key is done once, and gets \
its kept answer again for 30 days"
)

CHINESE = {
    KEY: "自拟的 8 至 100 个可见 ASCII 字符：同一键下的同一请求只办理一次，30 日内重发得到原来的答复",
    "Tag to check against": "所依据的版本（ETag）",
    "Tag for the returned entry": "答复内容的版本（ETag）",
    "Where the new thing is": "新建内容的地址",
    "Where this page is": "本页在清单中的位置",
    "Total number of items.": "总数，至多计到 10000。",
    "Total number of pages.": "总页数。",
    "First available page number.": "第一页。",
    "Last available page number.": "最后一页。",
    "Current page number.": "本页。",
    "Previous page number.": "前一页。",
    "Next page number.": "后一页。",
    "OK": "成功",
    "Created": "已建立",
    "Accepted": "已受理",
    "Not Modified": "没有变动",
    "Bad Request": "请求的写法不对",
    "Unauthorized": "需要有效的令牌",
    "Forbidden": "没有这项权限",
    "Not Found": "没有，或不在可见范围内",
    "Conflict": "与现在的状态冲突",
    "Precondition Failed": "读取之后有变动",
    "Request Entity Too Large": "内容太大",
    "Content Too Large": "内容太大",
    "Unsupported Media Type": "不支持这种内容类型",
    "Unprocessable Entity": "内容有误",
    "Unprocessable Content": "内容有误",
    "Precondition Required": "须写明所依据的版本",
}
"""What the document says in English besides, in Chinese."""


def document(api: Api) -> dict[str, Any]:
    """The document; its tags are the subjects, not the blueprints."""
    told: dict[str, Any] = api.spec.to_dict()
    told["info"]["description"] = in_language(ABOUT)
    for tag in told["tags"]:
        tag["name"] = tag["name"].removeprefix("api_")
    for operations in told["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and operation.get("x-roles"):
                roles = ", ".join(operation["x-roles"])
                operation["description"] = in_language((f"角色：{roles}", f"Roles: {roles}"))
    _translate(told)
    return told


def _translate(told: Any) -> None:
    if isinstance(told, list):
        for each in told:
            _translate(each)
    elif isinstance(told, dict):
        for name, value in told.items():
            if name in ("description", "summary") and isinstance(value, str):
                told[name] = in_language(both(value))
            else:
                _translate(value)


def both(words: str) -> Sentence:
    """Words in Chinese and in English."""
    if words in CHINESE:
        return CHINESE[words], words
    found = _CHINESE.search(words)
    return (found[1] if found else words), _CHINESE.sub("", words)
