"""Words (用语) for the codes that rows hold: Chinese and English side by side, so that no list knows one of them alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from web.language import Sentence, in_language

_DEPARTMENT_WORK = {
    "registrar": ("名录管理员", "Registrar"),
    "legal": ("法制审核员", "Legal reviewer"),
    "office": ("办公室", "Office"),
    "planner": ("计划员", "Planner"),
    "approver": ("批准人", "Approver"),
    "witness": ("见证人", "Witness"),
    "custodian": ("保管人", "Custodian"),
    "inspector": ("检查人员", "Inspector"),
    "reviewer": ("审核员", "Reviewer"),
    "publisher": ("公示员", "Publisher"),
    "auditor": ("审计员", "Auditor"),
    "administrator": ("管理员", "Administrator"),
}

WORDS: dict[str, dict[str, Sentence]] = {
    "role": _DEPARTMENT_WORK,
    "user_state": {"active": ("启用", "Active"), "disabled": ("停用", "Disabled")},
    "item_class": {"general": ("一般检查事项", "General"), "key": ("重点检查事项", "Key")},
    "item_state": {
        "draft": ("草案", "Draft"),
        "legal_review": ("法制审核中", "In legal review"),
        "office_confirmation": ("办公室确认中", "Awaiting confirmation"),
        "published": ("已公布", "Published"),
        "superseded": ("已被新版本取代", "Superseded"),
        "retired": ("已停用", "Retired"),
    },
    "item_act": {
        "draft": ("起草", "Draft"),
        "new_version": ("起草新版本", "Draft a new version"),
        "amend": ("修改", "Amend"),
        "submit": ("提交审核", "Submit"),
        "pass": ("审核通过", "Pass"),
        "reject": ("审核退回", "Return"),
        "confirm": ("确认公布", "Confirm"),
        "refuse": ("不予确认", "Refuse"),
        "retire": ("停用", "Retire"),
    },
    "method": {
        "onsite": ("现场检查", "On site"),
        "documents": ("书面检查", "Documents"),
        "testing": ("检验检测", "Testing"),
        "expert": ("专业意见", "Expert opinion"),
        "third_party": ("第三方验证", "Third party"),
        "online": ("网络监测", "Online monitoring"),
    },
    "code_kind": {
        "uscc": ("统一社会信用代码", "USCC"),
        "registration": ("注册号", "Registration number"),
        "other": ("其他编号", "Other number"),
    },
    "target_kind": {
        "organisation": ("单位", "Organisation"),
        "person": ("个人", "Person"),
        "product": ("产品", "Product"),
        "project": ("项目", "Project"),
    },
    "target_state": {
        "active": ("存续", "Active"),
        "suspended": ("停业", "Suspended"),
        "cancelled": ("注销", "Cancelled"),
        "revoked": ("吊销", "Revoked"),
        "moved": ("迁出", "Moved away"),
    },
    "risk_class": {
        "A": ("A 类（信用风险低）", "Class A (low risk)"),
        "B": ("B 类（信用风险一般）", "Class B (ordinary risk)"),
        "C": ("C 类（信用风险较高）", "Class C (raised risk)"),
        "D": ("D 类（信用风险高）", "Class D (high risk)"),
        "-": ("未分类", "Unclassified"),
    },
    "permit_state": {
        "valid": ("有效", "Valid"),
        "expired": ("过期", "Expired"),
        "withdrawn": ("撤销", "Withdrawn"),
    },
    "inspector_state": {
        "active": ("在岗", "Active"),
        "suspended": ("停职", "Suspended"),
        "left": ("离任", "Left"),
    },
    "bar_source": {
        "declared": ("本人申报", "Declared"),
        "registry": ("名录登记", "Registry"),
        "recusal": ("回避", "Recusal"),
        "departure": ("调离", "Departure"),
    },
    "plan_state": {
        "draft": ("草案", "Draft"),
        "approved": ("已批准", "Approved"),
        "published": ("已公布", "Published"),
        "running": ("执行中", "Running"),
        "finished": ("已完成", "Finished"),
        "withdrawn": ("已撤回", "Withdrawn"),
    },
    "plan_act": {
        "draft": ("起草", "Draft"),
        "amend": ("修改", "Amend"),
        "approve": ("批准", "Approve"),
        "withdraw": ("撤回", "Withdraw"),
        "publish": ("公布", "Publish"),
        "start": ("开始执行", "Start"),
        "finish": ("完成", "Finish"),
    },
    "campaign_state": {
        "draft": ("草案", "Draft"),
        "invited": ("征求意见", "Answers awaited"),
        "submitted": ("待审批", "Awaiting approval"),
        "approved": ("已批准", "Approved"),
        "drawing": ("抽取中", "Drawing"),
        "inspecting": ("检查中", "Inspecting"),
        "closed": ("已完成", "Closed"),
        "cancelled": ("已取消", "Cancelled"),
    },
    "campaign_act": {
        "amend": ("修改", "Amend"),
        "invite": ("征求参与部门意见", "Invite departments"),
        "answer": ("答复", "Answer"),
        "submit": ("提交审批", "Submit for approval"),
        "send_back": ("退回", "Send back"),
        "approve": ("批准", "Approve"),
        "freeze": ("锁定名录", "Freeze the lists"),
        "release": ("作废后重新办理", "Release after a void"),
        "dispatch": ("派发", "Dispatch"),
        "close": ("结束任务", "Close"),
        "cancel": ("取消", "Cancel"),
    },
    "campaign_step": {
        "draft": ("草案", "Draft"),
        "invited": ("征求意见", "Answers"),
        "submitted": ("审批", "Approval"),
        "drawing": ("抽取", "Draw"),
        "inspecting": ("检查", "Inspection"),
        "disclosing": ("公示", "Disclosure"),
        "closed": ("完成", "Closed"),
    },
    "campaign_kind": {"targeted": ("定向", "Targeted"), "untargeted": ("不定向", "Untargeted")},
    "campaign_source": {
        "annual_plan": ("年度计划", "Annual plan"),
        "temporary": ("临时任务", "Outside the plan"),
    },
    "answer": {
        "invited": ("尚未答复", "Not answered"),
        "accepted": ("同意参加", "Accepted"),
        "declined": ("不参加", "Declined"),
    },
    "condition_field": {
        "type": ("类型", "Type"),
        "industry": ("行业", "Industry"),
        "region": ("区域", "Region"),
        "risk_class": ("信用风险分类", "Risk class"),
        "label": ("监管标签", "Label"),
        "registry": ("专项库", "Special registry"),
        "name_has": ("名称包含", "Name contains"),
        "scope_has": ("经营范围包含", "Business scope contains"),
        "established_from": ("成立日期不早于", "Established from"),
        "established_to": ("成立日期不晚于", "Established until"),
        "abnormal": ("列入经营异常名录", "On the abnormal-operations list"),
        "serious": ("列入严重违法失信名单", "On the serious-violations list"),
    },
    "foreseen": {
        "item": ("抽查事项", "item"),
        "kind": ("抽查类型", "kind"),
        "joint": ("是否部门联合", "joint or not"),
        "first_day": ("开始日期", "first day"),
    },
    "strata_by": {
        "none": ("不分层", "Not stratified"),
        "risk_class": ("按信用风险分类", "By risk class"),
        "region": ("按区域", "By region"),
        "type": ("按类型", "By type"),
    },
    "cap_exception": {
        "": ("无", "None"),
        "tip_off": ("投诉举报", "Tip-off"),
        "assigned": ("上级交办", "Assigned from above"),
        "joint_with_superior": ("与上级联合检查", "Joint with a superior"),
        "audit": ("审计", "Audit"),
        "clue": ("线索转办", "Clue passed on"),
        "media": ("媒体曝光", "Media report"),
        "rectification": ("整改复查", "Rectification check"),
        "on_request": ("依申请", "On request"),
        "permit_check": ("许可现场核查", "Permit check"),
        "urgent": ("紧急情况", "Urgent"),
    },
    "qualification": {"lead": ("组长（通用）", "Team lead (general)")},
    "teams": {
        "per_target": ("逐户匹配检查组", "A team for each target"),
        "fixed": ("固定检查组", "Fixed groups"),
    },
    "objective": {
        "near": ("就近", "Near"),
        "balance": ("负担均衡", "Balanced loads"),
        "tickets": ("签号次序", "Tickets"),
    },
    "draw_state": {
        "frozen": ("名录已锁定", "Lists frozen"),
        "committed": ("已承诺", "Committed"),
        "revealed": ("见证已揭示", "Reveals closed"),
        "short": ("人员缺口", "Shortage"),
        "completed": ("已完成", "Completed"),
        "void": ("作废", "Void"),
    },
    "draw_act": {
        "promise": ("见证人承诺", "Witness commits"),
        "commit": ("生成承诺值", "Commit"),
        "publish": ("登记公布", "Record publication"),
        "reveal": ("见证人揭示", "Witness reveals"),
        "close_reveals": ("结束揭示", "Close reveals"),
        "enter": ("录入随机数", "Enter entropy"),
        "execute": ("执行抽取", "Draw"),
        "refreeze": ("补足人员后再锁定", "Freeze again"),
        "void": ("作废编号", "Void the number"),
    },
    "draw_step": {
        "freeze": ("锁定", "Freeze"),
        "promise": ("见证承诺", "Witnesses commit"),
        "commit": ("承诺", "Commitment"),
        "publish": ("公布", "Publication"),
        "reveal": ("揭示", "Reveals"),
        "close_reveals": ("结束揭示", "Close reveals"),
        "enter": ("随机数", "Entropy"),
        "unlock": ("开启秘密", "Secret opened"),
        "execute": ("抽取", "Draw"),
    },
    "ceremony_stage": {
        "fixed": ("固定", "Fixed"),
        "commitment": ("承诺", "Commitment"),
        "witnesses": ("见证", "Witnesses"),
        "entropy": ("随机数", "Entropy"),
        "opening": ("种子", "Seed"),
        "tickets": ("签号", "Tickets"),
    },
    "ceremony_step": {
        "promise": ("等待见证人承诺", "the witnesses commit"),
        "commit": ("由计划员生成承诺值", "the planner makes the commitment"),
        "publish": ("由计划员公布承诺值并登记", "the planner publishes the commitment and records it"),
        "reveal": ("等待见证人揭示", "the witnesses reveal"),
        "close_reveals": ("由计划员结束揭示", "the planner closes the reveals"),
        "enter": ("产生随机数，由两人各自录入", "the randomness is made, and two persons enter it"),
        "unlock": ("等待保管人开启秘密", "the custodians open the secret"),
        "execute": ("由计划员执行抽取", "the planner executes the draw"),
    },
    "entropy_kind": {
        "d10x20": ("十面骰掷 20 次", "20 throws of a ten-sided die"),
        "d6x25": ("六面骰掷 25 次", "25 throws of a die"),
        "lottery": ("彩票开奖号码", "Numbers of a lottery"),
        "beacon": ("公共随机数信标", "Public randomness beacon"),
        "text": ("自由文字", "Free text"),
    },
    "void_number_ground": {
        "witness_missing": ("见证人缺席", "Witness missing"),
        "wrong_list": ("名录有误", "Wrong list"),
        "shortage": ("人员缺口", "Shortage"),
        "cancelled_campaign": ("任务取消", "Campaign cancelled"),
        "two_answers": ("结果不唯一", "Two answers"),
        "entropy_failed": ("随机数来源失效", "Entropy failed"),
        "secret_lost": ("秘密无法开启", "Secret can't be opened"),
    },
    "void_target_ground": {
        "closed_business": ("已停业", "Closed business"),
        "moved_away": ("已迁出", "Moved away"),
        "revoked": ("已吊销", "Revoked"),
        "under_investigation": ("正在立案调查", "Under investigation"),
        "disaster": ("受灾", "Disaster"),
    },
    "recusal_ground": {
        "kinship": ("亲属关系", "Kinship"),
        "interest": ("利害关系", "Interest"),
        "former_employer": ("曾在该单位任职", "Former employer"),
        "shareholding": ("持有股份", "Shareholding"),
        "other_relation": ("其他关系", "Other relation"),
        "illness": ("患病", "Illness"),
        "departure": ("调离", "Departure"),
    },
    "change_kind": {
        "void": ("对象作废", "Target voided"),
        "recusal": ("回避", "Recusal"),
        "supply": ("递补", "Successor"),
    },
    "team_role": {"lead": ("组长", "Lead"), "member": ("组员", "Member")},
    "visit_state": {
        "open": ("待检查", "To be inspected"),
        "entered": ("待审核", "Awaiting review"),
        "returned": ("审核退回", "Sent back"),
        "accepted": ("待公示", "Awaiting disclosure"),
        "disclosed": ("已公示", "Disclosed"),
        "void": ("作废", "Void"),
    },
    "window_kind": {
        "closed": ("停业", "Closed"),
        "season": ("季节性生产", "Seasonal production"),
    },
    "visit_act": {
        "schedule": ("安排日期", "Schedule"),
        "recuse": ("回避", "Recuse"),
        "void": ("作废对象", "Void the target"),
        "enter": ("录入结果", "Enter result"),
        "correct": ("更正结果", "Correct result"),
        "attach": ("添加附件", "Attach a file"),
        "accept": ("审核通过", "Accept"),
        "send_back": ("退回", "Send back"),
        "disclose": ("公示", "Disclose"),
    },
    # by the names of the lists that the program brings along: the same code means other things in other lists
    "result_name": {
        "正常（符合信息公示的有关规定）": ("正常（符合信息公示的有关规定）", "In order"),
        "未按规定公示即时信息": ("未按规定公示即时信息", "Changes not made public as required"),
        "未按规定公示年度报告": ("未按规定公示年度报告", "Annual report not made public as required"),
        "通过登记的住所（经营场所）无法取得联系": (
            "通过登记的住所（经营场所）无法取得联系",
            "Not to be reached at the registered address",
        ),
        "公示信息隐瞒真实情况或者弄虚作假": (
            "公示信息隐瞒真实情况或者弄虚作假",
            "What was made public conceals or falsifies facts",
        ),
        "不予配合，情节严重": ("不予配合，情节严重", "Serious refusal to cooperate"),
        "已办理注销登记": ("已办理注销登记", "Deregistered"),
        "被吊销营业执照": ("被吊销营业执照", "Licence revoked"),
        "被撤销登记": ("被撤销登记", "Registration cancelled"),
        "未发现问题": ("未发现问题", "Nothing found"),
        "违反食品药品管理的规定": ("违反食品药品管理的规定", "Breach of the rules on food and drugs"),
        "违反质量技术监督的规定": (
            "违反质量技术监督的规定",
            "Breach of the rules on quality and technical supervision",
        ),
        "违反其他部门的规定": ("违反其他部门的规定", "Breach of the rules of another department"),
        "已停业或者正在清算": ("已停业或者正在清算", "Closed or in liquidation"),
        "不配合检查，情节严重": ("不配合检查，情节严重", "Serious refusal to be inspected"),
        "已注销": ("已注销", "Deregistered"),
        "已迁出本辖区": ("已迁出本辖区", "Moved out of the jurisdiction"),
        "未按规定公示应当公示的信息": (
            "未按规定公示应当公示的信息",
            "Information not made public as required",
        ),
        "违反登记管理的其他规定": ("违反登记管理的其他规定", "Breach of other rules on registration"),
        "发现问题，经责令已经改正": ("发现问题，经责令已经改正", "Problem found, corrected as ordered"),
        "未开展本次抽查所涉的经营活动": (
            "未开展本次抽查所涉的经营活动",
            "Not in the business that is inspected",
        ),
        "违反公安部门的规定": ("违反公安部门的规定", "Breach of the rules of public security"),
    },
    "result_group": {
        "clear": ("未发现问题", "Nothing found"),
        "not_inspected": ("无法检查", "Could not be inspected"),
        "found": ("发现问题", "Something found"),
    },
    "handling": {
        "none": ("无需处理", "Nothing to do"),
        "corrected_on_site": ("当场改正", "Corrected on site"),
        "order_to_correct": ("责令改正", "Order to correct"),
        "case_filed": ("立案", "Case filed"),
        "referred": ("移送", "Referred"),
        "listed_abnormal": ("列入经营异常名录", "Listed as abnormal"),
    },
    "follow_up_state": {"open": ("未完结", "Open"), "closed": ("已完结", "Closed")},
    "follow_up_act": {"close": ("办结", "Close")},
    "job_state": {
        "queued": ("排队中", "Queued"),
        "running": ("办理中", "Running"),
        "done": ("已完成", "Done"),
        "failed": ("未能办理", "Failed"),
        "parked": ("已搁置", "Parked"),
    },
    "job_kind": {
        "draw:execute": ("执行抽取", "Draw"),
        "draw:replay": ("复核抽取", "Replay a draw"),
        "draw:publish_bundle": ("制作公开证据包", "Make the public bundle"),
        "timetable:make": ("统一排期", "Make the timetable"),
    },
    "job_stage": {
        "": ("等待开始", "Waiting to begin"),
        "loading": ("读取数据", "Reading the data"),
        "placing": ("安排检查日期", "Finding days for the visits"),
        "making": ("制作证据包", "Making the bundle"),
        "drawing": ("抽取检查对象", "Drawing targets"),
        "pairing": ("匹配检查人员", "Pairing inspectors"),
        "checking": ("逐项核对并重新求解", "Checking every claim and solving again"),
        "keeping": ("保存结果", "Keeping the outcome"),
    },
    "claim_state": {
        "verified": ("成立", "Follows"),
        "unverifiable": ("不能判断", "Cannot be told"),
        "wrong": ("不符", "Wrong"),
    },
    "list_kind": {
        "jurisdictions": ("辖区", "Jurisdictions"),
        "departments": ("部门", "Departments"),
        "items": ("抽查事项", "Inspection items"),
        "registries": ("专项库", "Special registries"),
        "targets": ("检查对象", "Targets"),
        "labels": ("监管标签", "Labels"),
        "permits": ("许可", "Permits"),
        "inspectors": ("检查人员", "Inspectors"),
        "certificates": ("执法证件", "Certificates"),
        "leaves": ("休假", "Leave"),
        "bars": ("排除情形", "Bars"),
        "pair-bars": ("人员间排除情形", "Pair bars"),
    },
    "frozen_table": {
        "targets": ("检查对象", "Targets"),
        "inspectors": ("检查人员", "Inspectors"),
        "bars": ("排除情形", "Bars"),
        "pair_bars": ("人员间排除情形", "Pair bars"),
    },
    "chain": {"business": ("业务台账", "Business ledger"), "security": ("安全台账", "Security ledger")},
    "checkpoint_reason": {
        "commit": ("登记承诺值", "Commitment"),
        "draw": ("执行抽取", "Draw"),
        "disclosure": ("公示结果", "Disclosure"),
        "daily": ("每日", "Daily"),
    },
    "checkpoint_verdict": {
        "consistent": ("与台账一致", "Consistent"),
        "other_root": ("与台账不一致", "Not consistent"),
        "cut_off": ("台账缺行", "Lines missing"),
        "unsigned": ("签名不符", "Signature wrong"),
        "other_key": ("不是本系统的密钥签署", "Signed by another key"),
        "not_checkable": ("没有密钥，无法核对", "No key to check it with"),
    },
    "yes_no": {"True": ("是", "Yes"), "False": ("否", "No")},
}


def word(code: object, kind: str) -> str:
    """What a code is called in the reader's language; a code without a word stays as it is."""
    told = WORDS[kind].get(str(code))
    return str(code) if told is None else in_language(told)


def for_each_reader(filter_of_codes: Callable[..., str]) -> Callable[..., str]:
    """A filter for templates that speaks the reader's language.

    Without it Jinja would put a code that stands in a template into words once for all, in the first reader's language.
    """

    @pass_context
    def told(_context: Context, *given: Any) -> str:
        return filter_of_codes(*given)

    return told


def choices(kind: str, *without: str) -> list[tuple[str, str]]:
    """Codes of a list with their words, for a form to choose from."""
    return [(code, in_language(told)) for code, told in WORDS[kind].items() if code not in without]
