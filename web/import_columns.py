"""What each column of a list means (列说明), with an example: for the templates, and for the page of an import.

Each is an example, and the meaning in Chinese and English.
"""

from __future__ import annotations

Sentence = tuple[str, str]


def _day(chinese: str, english: str) -> Sentence:
    return f"{chinese}；写作 2026-05-18", f"{english}; a day, written 2026-05-18"


_DEPARTMENT = ("市场监管局", ("部门代码或名称", "code or name of the department"))
_JURISDICTION = ("990100", ("辖区代码或名称", "code or name of the jurisdiction"))
_TARGET = ("91990102MA0000001D", ("库中检查对象的编号", "code of a target in the database"))
_INSPECTOR = ("LL0001", ("库中检查人员的编号", "code of an inspector in the database"))
_GROUND = ("近亲属", ("回避或排除的事由", "why they may not meet"))
_SOURCE = (
    "名录",
    (
        "申报、名录、回避或离任，缺省为名录",
        "declared, registry, recusal or departure; registry where nothing is said",
    ),
)
_FROM = ("2026-01-01", _day("从这一天起有效", "in force from this day on"))
_TO = ("2026-12-31", _day("到这一天为止有效；空为长期", "in force until this day; empty: without end"))
_LABEL = ("加油站", ("监管标签", "supervision label"))
_REGION = ("990102", ("六位行政区划代码", "division code of six digits"))
_RATIO = ("写作 5/100；空为不限", "a ratio such as 5/100; empty where nothing limits")
_TIMES = ("每年检查次数，整数；空为不限", "visits a year, a whole number; empty where nothing limits")

EXPLAINED: dict[str, dict[str, tuple[str, Sentence]]] = {
    "jurisdictions": {
        "code": ("990100", ("行政区划代码", "division code")),
        "name": ("临澜市", ("辖区名称", "name")),
        "superior_code": (
            "990000",
            ("上级辖区的代码；最上级为空", "the jurisdiction above; empty for the highest"),
        ),
    },
    "departments": {
        "code": ("AMR", ("部门代码，全系统唯一", "code, different for each department")),
        "name": ("市场监管局", ("部门名称；改名会留下旧名", "name; old names are kept")),
        "jurisdiction": _JURISDICTION,
        "opened_on": (
            "2018-11-01",
            _day(
                "成立或启用日期，新部门缺省为导入之日",
                "when it was founded; the day of the import for new ones where the column is missing",
            ),
        ),
    },
    "items": {
        "department": _DEPARTMENT,
        "code": (
            "A01",
            (
                "部门内唯一；没有这一列时由类别、事项、子项和对象算出",
                "within the department; made from category, name, sub-item and target type where the column is missing",
            ),
        ),
        "category": ("食品安全监督检查", ("抽查类别", "category")),
        "name": ("食品销售监督检查", ("抽查事项", "what is inspected")),
        "sub_item": ("", ("抽查子项", "part of it")),
        "basis": ("《食品安全法》第一百一十条", ("法律依据", "legal basis")),
        "subject": ("县级以上市场监管部门", ("检查主体", "who inspects")),
        "target_type": ("食品销售者", ("检查对象的类型", "type of targets")),
        "content": ("许可证、进货查验、贮存条件", ("检查内容", "what is looked at")),
        "methods": ("现场检查、书面检查", ("以顿号、逗号或分号分隔", "parted by commas or semicolons")),
        "item_class": ("一般检查事项", ("一般检查事项或重点检查事项", "general or key")),
        "ratio_least": ("3/100", _RATIO),
        "ratio_most": ("5/100", _RATIO),
        "times_least": ("1", _TIMES),
        "times_most": ("2", _TIMES),
        "qualification": (
            "食品安全",
            ("检查人员需要的资格；空为不需要", "qualification that inspectors need"),
        ),
        "responsible_office": ("食品处", ("责任处室", "office in charge")),
        "editor": ("", ("编制人", "who wrote it")),
        "remark": ("", ("备注", "remark")),
        "set_by": ("省级", ("由谁设定", "who set it")),
    },
    "targets": {
        "code": (
            "91990102MA0000001D",
            (
                "统一社会信用代码或 15 位注册号，须通过校验；其他编号须在代码类别写“其他”",
                "a USCC or a registration number of 15 digits that checks; other codes need the code kind other",
            ),
        ),
        "code_kind": ("", ("只有其他编号才需要，写“其他”", "only for other codes: other")),
        "name": ("临澜市示范商行", ("名称", "name")),
        "kind": ("单位", ("单位、个人、产品或项目，缺省为单位", "organisation, person, product or project")),
        "type": ("个体工商户", ("主体类型", "type of business")),
        "industry": ("5211", ("国民经济行业代码", "industry code (GB/T 4754)")),
        "region": (
            "990102",
            (
                "缺这一列时取编号中的区划",
                "division code; where the column is missing, the division in the code",
            ),
        ),
        "address": ("临澜市东关街 1 号", ("住所或经营场所", "address")),
        "business": ("日用百货零售", ("经营范围", "business scope")),
        "capital": ("10 万元人民币", ("注册资本，照登记原文", "capital as registered")),
        "established_on": ("2015-03", ("成立日期，照登记原文", "as registered, often no full date")),
        "state": ("存续", ("存续、停业、注销、吊销或迁出", "active, suspended, cancelled, revoked or moved")),
        "risk_class": ("B", ("A、B、C 或 D；未分类为空", "credit risk class")),
        "abnormal": ("否", ("是否列入经营异常名录：是或否", "on the abnormal-operations list: yes 1, no 0")),
        "serious": (
            "否",
            ("是否列入严重违法失信名单：是或否", "on the list of serious violators: yes 1, no 0"),
        ),
        "jurisdiction": _JURISDICTION,
    },
    "inspectors": {
        "department": _DEPARTMENT,
        "code": ("LL0001", ("检查人员编号，全系统唯一", "code, different for each inspector")),
        "name": ("某某", ("姓名", "name")),
        "qualifications": (
            "lead;食品安全",
            ("以分号分隔；lead 为可任组长", "parted by semicolons; lead: may lead a team"),
        ),
        "home": _REGION,
        "regions": (
            "990102;990103",
            ("可检查区域，以分号分隔；* 为全部；空为都不能去", "regions he may go to; * everywhere"),
        ),
        "capacity": ("10", ("一次抽查最多承办的户数", "most targets in one campaign")),
        "post": ("四级主办", ("岗位或职务", "post")),
        "state": ("有效", ("有效、停用或离岗", "active, suspended or left")),
        "certificate_kind": (
            "行政执法证",
            ("三项证件列须同时填写或同时为空", "the three fields of a certificate go together"),
        ),
        "certificate_number": ("990100001", ("执法证件号", "number of the certificate")),
        "certificate_expires_on": (
            "2028-12-31",
            _day("证件有效期的最后一天", "the last day on which the certificate is valid"),
        ),
    },
    "bars": {
        "inspector": _INSPECTOR,
        "target": _TARGET,
        "ground": _GROUND,
        "source": _SOURCE,
        "valid_from": _FROM,
        "valid_to": _TO,
    },
    "pair-bars": {
        "inspector_a": _INSPECTOR,
        "inspector_b": ("LL0002", ("另一名检查人员的编号", "code of the other inspector")),
        "ground": _GROUND,
        "source": _SOURCE,
        "valid_from": _FROM,
        "valid_to": _TO,
    },
    "declarations": {
        "inspector": _INSPECTOR,
        "kind": (
            "亲属关系",
            (
                "利害关系、亲属关系、曾任职或持股",
                "interest, kinship, former_employer or shareholding",
            ),
        ),
        "target_code": (
            "91990102MA0000001D",
            (
                "检查对象的编号；对象尚未入库也可以填",
                "code of the target, also of one that is in no registry yet",
            ),
        ),
        "target_name": (
            "临澜市某某商行",
            ("没有编号时按全称匹配", "where no code is told, the target is known by this whole name"),
        ),
        "relative": (
            "王某，配偶",
            (
                "亲属关系时填姓名和关系；只有本人和本部门名录管理员能看到",
                "name and relation of a relative; seen by himself and by his department's registrar alone",
            ),
        ),
        "since": (
            "2015-07-01",
            _day("起始日期；曾任职的填入职日期", "since when; of an employer, when he entered"),
        ),
        "until": (
            "2023-06-30",
            _day(
                "终止日期，空为仍然存在；曾任职的填离职日期",
                "until when, empty: still so; of an employer, when he left",
            ),
        ),
        "note": (
            "持股 5%，见工商档案",
            (
                "说明和材料；只有本人和本部门名录管理员能看到",
                "explanation and evidence; seen by himself and by his department's registrar alone",
            ),
        ),
    },
    "residences": {
        "inspector": _INSPECTOR,
        "street": (
            "990102001",
            (
                "居住地街道（乡镇）的九位代码；只用于同街道排除",
                "nine digits of the street or town where he lives; for the rule of the same street alone",
            ),
        ),
    },
    "labels": {
        "target": _TARGET,
        "label": _LABEL,
        "region": ("", ("标签使用的区域；空为不限", "region of use")),
        "valid_from": _FROM,
        "valid_to": _TO,
    },
    "registries": {
        "code": ("JYZ", ("专项库代码", "code of the special registry")),
        "name": ("加油站库", ("专项库名称", "name")),
        "department": _DEPARTMENT,
        "label": _LABEL,
        "qualification": ("危险化学品", ("检查人员需要的资格", "qualification that inspectors need")),
    },
    "permits": {
        "target": _TARGET,
        "registry": ("JYZ", ("专项库代码或名称", "code or name of the special registry")),
        "number": ("油零售证书第 0001 号", ("许可证编号", "number of the permit")),
        "name": ("成品油零售经营批准证书", ("许可证名称", "name of the permit")),
        "issuer": ("临澜市商务局", ("发证机关", "who issued it")),
        "approved_on": ("2024-01-01", _day("发证日期", "when it was issued")),
        "expires_on": ("2028-12-31", _day("有效期的最后一天", "the last day on which it is valid")),
        "state": ("有效", ("有效、过期或注销", "valid, expired or withdrawn")),
    },
    "certificates": {
        "inspector": _INSPECTOR,
        "kind": ("行政执法证", ("证件类别", "kind of certificate")),
        "number": ("990100001", ("证件号", "number")),
        "expires_on": ("2028-12-31", _day("有效期的最后一天", "the last day on which it is valid")),
    },
    "leaves": {
        "inspector": _INSPECTOR,
        "first_day": ("2026-10-08", _day("离岗第一天", "first day away")),
        "last_day": ("2026-10-12", _day("离岗最后一天", "last day away")),
    },
}
