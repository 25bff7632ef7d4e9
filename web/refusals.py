"""Sentences for what the service refuses: accounts, planning, the draw of a campaign, visits and results."""

Sentence = tuple[str, str]

_NOW = (
    "现在的状态是 {state}，不能办理 {act}；可以办理的有 {possible}",
    "in the state {state} there is no {act}; possible are {possible}",
)

SERVICE: dict[str, Sentence] = {
    "actor.department_closed": (
        "您的部门已撤并：不再办理业务，只有审计员可以查阅过去的记录",
        "your department was merged into another: nothing more is done in it, its auditors read what it did",
    ),
    "actor.other_department": ("这属于另一个部门", "it belongs to another department"),
    "actor.role": ("需要以下角色之一：{wanted}", "one of these roles is needed: {wanted}"),
    "actor.same_person": (
        "这些角色必须由不同的人担任：{roles}",
        "these must be different persons: {roles}",
    ),
    "actor.unknown": ("没有用户 {login}，或已停用", "there is no user {login}, or he is disabled"),
    "annual_plan.exists": ("{year} 年度计划 {number} 已存在", "the annual plan {number} of {year} exists"),
    "annual_plan.fields": (
        "年度计划填写有误：{faults}",
        "the annual plan is not filled in as it must be: {faults}",
    ),
    "annual_plan.none": (
        "没有这个年度计划，或者它不在您的可见范围内",
        "there is no such annual plan, or it is none that you may see",
    ),
    "annual_plan.not_now": _NOW,
    "annual_plan.unknown": (
        "本部门没有 {year} 年度计划 {number}",
        "the department has no annual plan {number} of {year}",
    ),
    "attachment.media_type": ("附件类型 {media_type!r} 不对", "{media_type!r} is no media type"),
    "attachment.missing": ("没有选择文件", "no file was chosen"),
    "attachment.name": (
        "附件名称 {name!r} 为空、太长或不是文字",
        "the name {name!r} is empty, too long or no plain text",
    ),
    "attachment.size": (
        "附件大小为 {bytes} 字节，应在 1 到 {most} 之间",
        "the file has {bytes} bytes; it may have 1 to {most}",
    ),
    "attachment.twice": ("附件 {name} 已经在这项结果中", "the file {name} is there already"),
    "attachment.unknown": ("没有附件 {number}", "there is no file {number}"),
    "blackout.unknown": (
        "没有第 {number} 条不安排检查的日子，或已撤销",
        "there are no days without inspections numbered {number}, or they were taken back",
    ),
    "calendar.no_year": (
        "工作日历没有 {year} 年，请管理员先录入该年的放假安排",
        "the calendar of working days has no year {year}; an administrator must put in its holiday notice first",
    ),
    "checkpoint.form": (
        "这不是一个台账检查点",
        "this is no checkpoint of a ledger",
    ),
    "checkpoint.held_already": (
        "本部门已经留存过这个 {size} 行的检查点",
        "your department has recorded this checkpoint of {size} lines before",
    ),
    "checkpoint.key": ("这不是一个验证公钥", "this is no public key of a ledger"),
    "checkpoint.no_key": (
        "本系统还没有台账签名密钥",
        "this installation has no key for its ledger",
    ),
    "checkpoint.none": (
        "{chain} 台账还没有检查点",
        "there is no checkpoint of the {chain} ledger yet",
    ),
    "checkpoint.other_key": (
        "这个检查点不是由本系统现在的密钥签署的",
        "this checkpoint was not signed by this installation's present key",
    ),
    "checkpoint.rewritten": (
        "{chain} 台账的前 {size} 行不再是本系统签署过的那些行：已停止签署",
        "the first {size} lines of the {chain} ledger are no longer those that were signed: nothing more is signed",
    ),
    "checkpoint.signature": (
        "检查点的签名不符：内容与签署时不同",
        "the signature does not hold: the checkpoint is not as it was signed",
    ),
    "checkpoint.unknown": ("没有检查点 {number}", "there is no checkpoint {number}"),
    "campaign.condition_unknown": (
        "条件“{field}”认不出：{values}",
        'the condition "{field}" can\'t make out {values}',
    ),
    "campaign.condition_value": (
        "条件“{field}”的值不对：{values}",
        'the condition "{field}" can\'t have the values {values}',
    ),
    "campaign.conditions": (
        "抽查类型是{kind}：定向抽查要有条件，不定向抽查不能有条件",
        "the campaign is {kind}: a targeted one has conditions, an untargeted one has none",
    ),
    "campaign.days": ("结束日 {last} 早于开始日 {first}", "the last day {last} is before the first {first}"),
    "campaign.declined_without_comment": ("不参加须说明意见", "who declines says why"),
    "campaign.draw_by": (
        "抽取期限 {draw_by} 晚于任务结束日",
        "the draw's deadline {draw_by} is after the last day",
    ),
    "campaign.exists": ("任务编号 {campaign} 已被使用", "the code {campaign} is taken"),
    "campaign.fields": (
        "抽查任务的写法不对：{faults}",
        "the campaign is not written as it must be: {faults}",
    ),
    "campaign.groups": (
        "固定检查组要写明组数，逐户匹配不写组数",
        "a number of groups goes with fixed groups, and only with them",
    ),
    "campaign.item_twice": ("抽查事项重复：{items}", "items stand twice: {items}"),
    "campaign.items_of_others": (
        "这些抽查事项所属的部门没有参加：{items}",
        "the departments of these items take no part: {items}",
    ),
    "campaign.lead_does_not_answer": (
        "牵头部门不用答复自己的邀请",
        "the lead does not answer its own invitation",
    ),
    "campaign.lead_first": (
        "第一个部门应为牵头部门，即您所在的部门；写的是 {department}",
        "the first department is the lead, your own; {department} is written",
    ),
    "campaign.line_used_up": (
        "年度计划第 {line} 项只安排 {times} 次，已经用完",
        "line {line} of the annual plan foresees {times} campaigns, and has them",
    ),
    "campaign.no_such_stratum": (
        "按 {strata_by} 分层没有分层 {stratum}",
        "there is no stratum {stratum} by {strata_by}",
    ),
    "campaign.no_items_left": (
        "全部抽查事项都属于不参加的部门",
        "all items belong to departments that declined",
    ),
    "campaign.no_such_department": (
        "没有部门 {department}，或已撤并",
        "there is no department {department} now",
    ),
    "campaign.no_such_item": (
        "没有已公布的抽查事项 {item}（写作 部门代码/事项编号）：清单之外无检查",
        "there is no published item {item} (written DEPARTMENT/CODE): nothing outside the list is inspected",
    ),
    "campaign.no_such_witness": ("没有这些用户：{logins}", "there are no such users: {logins}"),
    "campaign.nobody_to_invite": ("没有参与部门可以邀请", "there is no department to invite"),
    "campaign.not_answered": (
        "这些部门尚未答复：{departments}",
        "these have not answered yet: {departments}",
    ),
    "campaign.not_as_foreseen": (
        "与年度计划 {number} 第 {line} 项不一致：{differs}",
        "not as line {line} of the annual plan {number} foresees: {differs}",
    ),
    "campaign.not_foreseen": (
        "年度计划 {number} 没有第 {line} 项，或计划尚未公布",
        "the annual plan {number} has no line {line}, or is not published",
    ),
    "campaign.not_now": _NOW,
    "campaign.objectives": (
        "匹配目标 {objectives} 不对：可用就近、负担均衡、签号次序，签号次序放在最后",
        "the objectives {objectives} are wrong: there are near, balance, tickets, with tickets last",
    ),
    "campaign.other_code": ("任务编号 {campaign} 不能更改", "the code {campaign} stays"),
    "campaign.rate_above_all": ("抽取比例 {rate} 超过全部", "the rate {rate} is more than all"),
    "campaign.weights": (
        "按权重抽取须填抽取总数，且至少一个分层的权重大于 0",
        "to draw by weight takes a total, and a weight above 0 of one stratum at least",
    ),
    "campaign.rates_or_total": ("比例和总数应填写一种，且只填一种", "give either rates or a total"),
    "campaign.ratio_above": (
        "一般检查事项“{item}”的比例上限是 {limit}，分层 {stratum} 为 {ratio}",
        'the general item "{item}" is limited to {limit}; stratum {stratum} has {ratio}',
    ),
    "campaign.ratio_below": (
        "事项“{item}”的比例下限是 {limit}，分层 {stratum} 为 {ratio}",
        'the item "{item}" asks for at least {limit}; stratum {stratum} has {ratio}',
    ),
    "campaign.team": (
        "部门 {department} 的检查组不对：{size} 人，其中组长 {leads} 人；有组长要写明资格",
        "the team of {department} can't be: {size} inspectors, {leads} leads; leads need a qualification",
    ),
    "campaign.too_often": (
        "事项“{item}”每年至多 {most} 次，今年连同本次为 {made} 次",
        'the item "{item}" may be inspected {most} times a year; with this campaign it is {made}',
    ),
    "campaign.unknown": ("没有抽查任务 {campaign}", "there is no campaign {campaign}"),
    "campaign.visits_open": ("还有 {count} 次检查没有公示结果", "{count} visits are not disclosed yet"),
    "campaign.witness_twice": ("同一人不能见证两次", "nobody is a witness twice"),
    "database.address": (
        "数据库地址不对：应为 sqlite:///路径 或 postgresql+psycopg://…（需安装 yaohao[postgres]）",
        "the database's address is wrong: sqlite:///PATH, or postgresql+psycopg://... (with yaohao[postgres] installed)",
    ),
    "database.not_current": (
        "数据库还没有建立，或结构不是本程序的：请先备份，再执行 yaohao upgrade",
        "the database is not made yet, or not of this program's schema: back it up, then run yaohao upgrade",
    ),
    "database.unreachable": ("无法连接数据库", "the database can't be reached"),
    "day.form": (
        "日期 {value!r} 的写法不对：应写作 2026-03-02",
        "the day {value!r} is not written as it must be, such as 2026-03-02",
    ),
    "demo.database_not_empty": (
        "示范需要空的数据库，而这个数据库已有数据",
        "the demo needs an empty database, and this one has data",
    ),
    "declaration.ended": ("这一申报已在 {until} 终止", "the declaration ended on {until} already"),
    "declaration.ends_before": (
        "终止日期不能早于起始日期 {since}",
        "it can't end before it began on {since}",
    ),
    "declaration.exists": (
        "对这一对象的同类申报已经有了",
        "the same was declared of this target already",
    ),
    "declaration.fields": (
        "申报填写有误：{faults}",
        "the declaration is not filled in as it must be: {faults}",
    ),
    "declaration.no_inspector": (
        "您的账号没有关联检查人员",
        "your account is not that of an inspector",
    ),
    "declaration.unknown": (
        "没有这一申报，或者它不属于您的部门",
        "there is no such declaration, or it is another department's",
    ),
    "department.has_open_campaigns": (
        "部门 {department} 还有未结束的任务：{campaigns}",
        "the department {department} has open campaigns: {campaigns}",
    ),
    "department.has_unfinished": (
        "部门 {department} 在以下任务中还有未公示的更正或未完结的后续处置：{campaigns}",
        "the department {department} has corrections or follow-ups to finish in these campaigns: {campaigns}",
    ),
    "custody.before_entropy": (
        "抽取 {number} 的随机数还没有确定：在此之前谁也不能开启秘密，否则内部可以提前算出结果",
        "the entropy of {number} does not stand yet: before that nobody opens the secret, or insiders could reckon the "
        "outcome beforehand",
    ),
    "custody.enough": ("本部门已有 {most} 位保管人", "the department has {most} custodians already"),
    "custody.administrator": (
        "管理员不能核对：他能设置本部门账号的密码，不能同时作第二人",
        "an administrator confirms nothing: who sets passwords is no second person",
    ),
    "custody.confirmed_already": ("这把密钥已经核对", "this key is confirmed already"),
    "custody.end_proposed": (
        "已提出停止保管，正待确认",
        "the end of custody is proposed already, and awaits its second person",
    ),
    "custody.fingerprint": (
        "指纹与保管人现在的密钥不一致",
        "this is not the fingerprint of the custodian's key",
    ),
    "custody.named_by_you": (
        "这位保管人是您指定的，须由别人核对",
        "you have named this custodian; another person confirms his key",
    ),
    "custody.no_end": (
        "没有待确认的停止保管，或已过七日",
        "no end of custody waits to be confirmed, or its seven days are over",
    ),
    "custody.no_key": (
        "{login} 还没有设置保管密钥",
        "{login} has made no key for custody yet",
    ),
    "custody.not_begun": (
        "本部门的保管还没有开始：没有三位密钥已核对的保管人",
        "the custody of the department has not begun: it has not had three custodians with confirmed keys",
    ),
    "custody.not_ended": (
        "本部门的秘密由保管人分持，而现在没有保管人，停止保管也未经确认",
        "the secrets of the department are in custody, it has no custodians now, and nobody has confirmed the end",
    ),
    "custody.same_department": (
        "须由另一部门的人办理",
        "this takes a person of another department",
    ),
    "custody.incomplete": (
        "本部门指定了保管人，但能持有份额的只有 {ready} 位，须有 3 位；没有密钥、密钥未经核对、没有保管人角色或已停用的："
        "{missing}",
        "the department has named custodians, and {ready} of the 3 that are needed can be given a share; without a key, "
        "with a key that nobody has confirmed, without the role, or disabled: {missing}",
    ),
    "custody.locked": (
        "秘密仍由保管人保管，尚未开启",
        "custodians keep the secret, and have not opened it",
    ),
    "custody.named_already": ("{name} 已是保管人", "{name} is a custodian already"),
    "custody.no_role": (
        "用户 {login} 没有保管人角色，或已停用",
        "the user {login} does not have the role of a custodian, or is disabled",
    ),
    "custody.none": (
        "抽取 {number} 没有保管人：秘密由系统加密保管",
        "the draw {number} has no custodians: the service holds its secret",
    ),
    "custody.not_opened": (
        "随机数已经确定；秘密由保管人分持，还须 {needed} 位保管人开启",
        "the entropy stands; custodians hold the secret, and {needed} more of them have to open it",
    ),
    "custody.not_of_this_draw": (
        "您不是抽取 {number} 的保管人",
        "you are no custodian of the draw {number}",
    ),
    "custody.opened": ("抽取 {number} 的秘密已经开启", "the secret of the draw {number} is open already"),
    "custody.opened_already": (
        "您已开启抽取 {number} 的份额，等待另一位保管人",
        "you have opened your share of the draw {number}; another custodian is awaited",
    ),
    "custody.party": (
        "任务的计划员或批准人不能保管这次抽取的秘密：{names}",
        "planner and approver of a campaign keep no share of its draw's secret: {names}",
    ),
    "custody.passphrase": ("保管口令不对", "the passphrase is wrong"),
    "custody.passphrase_differs": ("两次输入的口令不一致", "the two passphrases differ"),
    "custody.passphrase_is_password": (
        "保管口令不能与登录密码相同",
        "the passphrase must not be the password of the account",
    ),
    "custody.passphrase_long": (
        "保管口令至多 {most} 个字",
        "a passphrase has at most {most} characters",
    ),
    "custody.passphrase_short": (
        "保管口令至少 {least} 个字",
        "a passphrase has at least {least} characters",
    ),
    "custody.too_many": (
        "口令尝试次数太多，请 {minutes} 分钟后再试",
        "too many wrong passphrases; try again in {minutes} minutes",
    ),
    "custody.unknown": (
        "没有这位保管人，或已解除",
        "there is no such custodian, or he is relieved",
    ),
    "department.has_witnesses": (
        "部门 {department} 的人员仍是以下待抽取任务的见证人：{campaigns}",
        "people of the department {department} witness these campaigns, which are not drawn yet: {campaigns}",
    ),
    "department.merge": (
        "不能把 {department} 并入 {successor}：后者已撤销，或是同一个部门",
        "{department} can't be merged into {successor}: the latter is closed, or they are the same",
    ),
    "department.name": ("部门名称 {name!r} 没有改变，或为空", "the name {name!r} is empty or no new one"),
    "department.renamed_today": ("部门 {department} 今天已经更名", "{department} was renamed today already"),
    "department.unknown": ("没有部门 {department}，或不能使用", "there is no department {department} to use"),
    "deputy.unknown": (
        "本部门没有代理 {number}，或已结束",
        "there is no deputy {number} in the department, or it is over",
    ),
    "disclosure.no_rule": (
        "没有规定结果何时公示（{event}）：请先录入办理时限",
        "no rule says when a result is to be disclosed ({event}): put in the deadline first",
    ),
    "draw.changed_since": (
        "复核之后抽取 {number} 又有变更（回避、作废或递补）：请先重新复核",
        "the draw {number} has changed since it was replayed (a recusal, void or supply): replay it again first",
    ),
    "draw.entropy_stands": (
        "抽取 {number} 的随机数已经确定，只等保管人开启：除秘密无法开启外，不能再作废",
        "the entropy of {number} stands and its custodians are awaited: it is voided only where the secret can't be opened",
    ),
    "draw.evidence_changed": (
        "证据与已登记的承诺不符：停止办理，请审计",
        "the evidence is not what the register's commitment binds: stop, and have it audited",
    ),
    "draw.names_persons": (
        "抽取 {number} 的公开证据包会写出自然人（检查对象或见证人），不制作",
        "the public bundle of the draw {number} would name a person, a target or a witness, and is not made",
    ),
    "draw.no_outcome": ("抽取 {number} 还没有结果", "the draw {number} has no outcome yet"),
    "draw.none": ("任务 {campaign} 还没有抽取编号", "the campaign {campaign} has no draw yet"),
    "draw.not_committed": ("还没有承诺", "nothing is committed yet"),
    "draw.not_completed": ("抽取的状态是 {state}，尚未完成", "the draw is {state}, not completed"),
    "draw.not_dispatched": (
        "抽取 {number} 的检查还没有派发，您暂不能看到抽中的对象和检查组",
        "the visits of the draw {number} are not sent out; what was drawn and who goes there is not yours to see",
    ),
    "draw.not_now": _NOW,
    "draw.not_public": (
        "抽取 {number} 所属的任务还没有结束：还有对象不知道自己被抽中，抽中与否不能告诉任何人",
        "the campaign of the draw {number} is not closed: targets wait for a visit of which they must not learn, and nobody "
        "is told who was drawn",
    ),
    "draw.not_ready_to_close": (
        "还缺：{lacking}（publication 指承诺值尚未公布）。结束后不能补；确要结束请加 --final",
        "still lacking: {lacking}. Nothing of it can be made up for later; to close all the same give --final",
    ),
    "draw.not_short": ("抽取的状态是 {state}，没有人员缺口", "the draw is {state}; there is no shortage"),
    "draw.not_taking_part": ("本部门不参加这次抽查", "the department does not take part"),
    "draw.other_attempt": (
        "已转入第 {now} 次匹配，原来的请求（第 {asked} 次）不再办理",
        "pairing {now} is under way; what was asked for pairing {asked} is not done any more",
    ),
    "draw.seed_stands": (
        "抽取 {number} 的种子已经确定，不能再作废；有人员缺口时补足人员后重新锁定",
        "the seed of {number} stands: it is not voided any more; after a shortage mend the lists and refreeze",
    ),
    "draw.population_open": (
        "同一批对象的抽取 {number} 尚未结束，不能再开一个",
        "the draw {number} over the same population is open; there is no second one until it is over",
    ),
    "draw.previous_not_committed": (
        "本部门 {year} 年第 {seq} 号抽取既没有承诺也没有作废，先办理它",
        "number {seq} of {year} is neither committed nor void: it comes first",
    ),
    "draw.secret_not_in_custody": (
        "抽取 {number} 的秘密不在保管人手中，不能以秘密无法开启为由作废",
        "the secret of {number} is not in custodians' hands: it is not voided for being lost with them",
    ),
    "draw.too_late": ("抽取期限 {draw_by} 已过", "the draw's deadline {draw_by} has passed"),
    "draw.two_answers": (
        "部门 {department} 第 {round} 轮有两种同样好的匹配：摇号没有唯一结果，编号须作废",
        "department {department}, round {round}, has two pairings as good as each other: the lottery has no answer",
    ),
    "draw.unknown": ("没有抽取 {number}", "there is no draw {number}"),
    "draw.void_ground": (
        "作废事由 {ground} 不在列表中：{possible}",
        "{ground} is no ground; there are {possible}",
    ),
    "entropy.entered_already": ("两次录入须由不同的人完成", "two different persons enter the entropy"),
    "entropy.missing": (
        "随机数还没有由两人一致录入",
        "the entropy has not been entered by two persons alike",
    ),
    "entropy.stands": ("随机数已经确定，不能再录入", "the entropy stands and is not entered again"),
    "export.long_cell": (
        "第 {row} 行有超过 {most} 个字的内容，工作簿放不下，请改用 CSV",
        "line {row} has a text of more than {most} characters, which no workbook holds: take CSV",
    ),
    "export.too_long": (
        "超过 {most} 行，工作簿放不下，请改用 CSV 或缩小范围",
        "more than {most} rows, which no workbook holds: take CSV or ask for less",
    ),
    "file.faulty": (
        "文件中共 {count} 处有误，没有办理任何一行",
        "{count} faults in the file; nothing was done",
    ),
    "follow_up.not_now": _NOW,
    "follow_up.unknown": ("没有未完结的后续处置 {number}", "there is no open follow-up {number}"),
    "grant.unknown": (
        "本部门没有角色授予 {number}，或已结束",
        "there is no grant {number} in the department, or it is over",
    ),
    "idempotency.in_progress": (
        "同一幂等键的请求正在办理，请稍后再发",
        "a request under this Idempotency-Key is being done; send it again later",
    ),
    "idempotency.key": (
        "幂等键（Idempotency-Key）应为 8 至 100 个可见的 ASCII 字符",
        "an Idempotency-Key has 8 to 100 visible ASCII characters",
    ),
    "idempotency.other_request": (
        "这个幂等键已用于另一个请求",
        "this Idempotency-Key was used for another request",
    ),
    "inspector.amendment": (
        "写明要变更的人员（至多 {people} 名）和变更的内容：承办上限增加 0 至 {most}，或增加资格、区域",
        "say whom to amend ({people} at most) and how: 0 to {most} more capacity, a qualification, or regions",
    ),
    "inspector.state": (
        "状态 {state} 不对或没有改变；有 {possible}",
        "{state} is no new state; there are {possible}",
    ),
    "inspector.unknown": ("没有检查人员 {inspector}", "there is no inspector {inspector}"),
    "item.exists": ("本部门已有抽查事项 {item}", "the department has an item {item} already"),
    "item.fields": (
        "抽查事项填写有误：{faults}",
        "the item is not filled in as it must be: {faults}",
    ),
    "item.in_approval": (
        "抽查事项 {item} 已有一个版本正在起草或审核",
        "a version of item {item} is being drafted or approved already",
    ),
    "item.none": (
        "没有这一版抽查事项，或者它不在您的可见范围内",
        "there is no such version of an item, or it is none that you may see",
    ),
    "item.none_to_move": (
        "没有可以由您办理的抽查事项：其余 {left} 项是您本人起草、提交或审核的",
        "there is no item for you to move: in the other {left} you had a hand yourself",
    ),
    "item.not_approved": (
        "抽查事项 {item} 的这一版尚未公布，可以直接修改",
        "this version of item {item} is not published yet and can be amended itself",
    ),
    "item.not_now": _NOW,
    "item.opinion_too_long": ("意见不能超过 {most} 个字", "an opinion has at most {most} characters"),
    "item.other_number": (
        "页面上是 {seen} 项，现在是 {now} 项：请刷新页面后再办理",
        "the page told of {seen} items, and now there are {now}: reload it and look again",
    ),
    "item.unknown": ("本部门没有抽查事项 {item}", "the department has no item {item}"),
    "job.not_over": (
        "作业 {number} 没有失败或搁置，不需要重办",
        "the job {number} has not failed; nothing to do again",
    ),
    "job.unknown": ("没有作业 {number}", "there is no job {number}"),
    "leave.days": (
        "休假应从今天或以后结束、至多 {most} 天，{first} 至 {last} 不行",
        "leave ends today or later and takes at most {most} days; {first} to {last} does not",
    ),
    "leave.over": (
        "到 {last} 的休假已经结束，不能撤销",
        "leave until {last} is over and can't be taken back",
    ),
    "leave.overlaps": (
        "{inspector} 在 {first} 至 {last} 之间已有休假",
        "{inspector} has leave between {first} and {last} already",
    ),
    "leave.unknown": (
        "没有第 {number} 条休假，或已撤销",
        "there is no leave numbered {number}, or it was taken back",
    ),
    "ledger_key.name": (
        "台账签名密钥的名称 {name!r} 不能用：不含空白、加号，最长 100 个字符",
        "the ledger's key can't have the name {name!r}: no white space, no plus, at most 100 characters",
    ),
    "ledger_key.not_written": (
        "无法写入台账签名密钥文件 {file}",
        "the ledger's key can't be written to {file}",
    ),
    "ledger_key.open_to_others": (
        "台账签名密钥文件 {file} 别人也能读取，不予使用",
        "the file {file} with the ledger's key is open to others, and is not used",
    ),
    "ledger_key.unreadable": (
        "台账签名密钥文件 {file} 无法读取，或不是密钥",
        "the file {file} with the ledger's key can't be read, or holds no key",
    ),
    "ledger_memory.not_written": (
        "无法写入台账签署记录 {file}",
        "what the ledger's key has signed can't be written to {file}",
    ),
    "ledger_memory.unreadable": (
        "台账签署记录 {file} 无法读取",
        "the file {file} of what the ledger's key has signed can't be read",
    ),
    "ledger.chain": ("没有台账 {chain}：有 {possible}", "there is no ledger {chain}; there are {possible}"),
    "key.file": (
        "密钥文件 {file} 读不出或写不了，或不是密钥",
        "the key file {file} can't be read or written, or holds no key",
    ),
    "key.missing": (
        "密钥文件 {file} 不见了，而数据库中有用它加密的秘密：不会另造新的",
        "the key file {file} is missing, and the database has secrets under it: no new one is made in its place",
    ),
    "key.not_named": (
        "没有指定密钥文件：请设置 {setting}",
        "no key file is named: set {setting}",
    ),
    "key.other": (
        "密钥文件 {file} 不是这个数据库的",
        "the key file {file} is not that of this database",
    ),
    "key.readable": (
        "密钥文件 {file} 其他人也能读，须只许所有者读写（600）",
        "the key file {file} can be read by others; its mode must be 600",
    ),
    "login.failed": ("登录名或密码不对", "login or password is wrong"),
    "login.too_many": (
        "尝试次数太多，请 {minutes} 分钟后再试",
        "too many attempts; try again in {minutes} minutes",
    ),
    "notice.not_of_the_team": (
        "检查人员只能打印自己检查组的通知书",
        "an inspector prints the notices of his own team alone",
    ),
    "obligation.fulfilled_too_early": (
        "办结日期 {fulfilled_on} 早于起算日期 {triggered_on}",
        "the day of completion {fulfilled_on} is before {triggered_on}, from which its time runs",
    ),
    "pool.empty": (
        "没有任何对象入池：请查看各条件和排除的数目",
        "no target is in the pool: see what each condition and exclusion takes out",
    ),
    "pool.nobody": (
        "这些部门没有可用的检查人员：{departments}",
        "these departments have no inspector in the pool: {departments}",
    ),
    "pool.no_weights": (
        "入池对象的权重都是 0，抽不出任何对象：请填写对象池所在分层的权重",
        "all targets in the pool weigh 0, so nothing would be drawn: give a weight to the strata of the pool",
    ),
    "pool.too_many_bars": (
        "排除情形将有 {rows} 条，超过上限 {most} 条",
        "there would be {rows} bars, and {most} are the most",
    ),
    "pool.nothing_to_draw": (
        "按方案各分层都抽 0 户（分层 {strata}）：请提高比例或总数",
        "nothing would be drawn of the strata {strata}: raise the rates or the total",
    ),
    "proof.form": (
        "这不是一个台账一致性证明",
        "this is no proof of a ledger's consistency",
    ),
    "proof.no_match": (
        "没有与之相符的查询码：编号、代码和查询码都要准确，查询码在有效期内只能用一次，重新发放后先前的作废",
        "nothing matches: number, target and code must be exact, and a code is good once, until it ends or another is given",
    ),
    "proof.not_in_the_list": (
        "{target} 不在抽取 {number} 锁定的名录中：只有名录中的对象才有证明",
        "{target} does not stand in the frozen list of the draw {number}: only what stands there has a proof",
    ),
    "proof.too_many": (
        "尝试次数太多，请 {minutes} 分钟后再试",
        "too many attempts; try again in {minutes} minutes",
    ),
    "proof.unknown": (
        "没有这份证明，或者地址已过期",
        "there is no such proof, or its address has ended",
    ),
    "public_bundle.names_persons": (
        "抽取 {number} 不公开证据包：其中会写出自然人",
        "the draw {number} has no public bundle, as it would name a person",
    ),
    "public_bundle.none": (
        "抽取 {number} 没有公开证据包：任务结束之后才公开",
        "the draw {number} has no public bundle: there is one when the campaign is closed",
    ),
    "public_bundle.not_made": (
        "抽取 {number} 的公开证据包还没有制作：任务已结束，由牵头部门制作后公开",
        "the public bundle of the draw {number} has not been made yet: the campaign is closed, and the lead department "
        "has it made",
    ),
    "publication.form": (
        "时间 {value!r} 不对，例如 2026-03-02T10:00",
        "{value!r} is no time; write it as 2026-03-02T10:00",
    ),
    "publication.is_stamp": (
        "{value!r} 是时间戳的写法：时间戳由系统核对后登记，不能手工填写",
        "{value!r} is how a time stamp is told, and such a one is checked before it is recorded",
    ),
    "publication.place": (
        "公布的地点 {value!r} 为空或有控制字符",
        "the place {value!r} is empty or no plain text",
    ),
    "publication.time": (
        "公布时间 {told} 应在承诺（{committed}）之后、现在之前",
        "the publication at {told} must lie between the commitment ({committed}) and now",
    ),
    "reason.missing": ("须写明理由", "a reason must be given"),
    "recusal.ground": (
        "回避事由 {ground} 不在列表中：{possible}",
        "{ground} is no ground; there are {possible}",
    ),
    "recusal.limit": ("本任务的回避以 {most} 次为限", "the campaign is limited to {most} recusals"),
    "recusal.lines_differ": (
        "登记的第 {act} 项变更不能由证据推出：停止办理，请审计",
        "change {act} of the register does not follow from the evidence: stop, and have it audited",
    ),
    "recusal.no_such_target": ("名录中没有对象 {target}", "the frozen list has no target {target}"),
    "recusal.nothing_paired": ("还没有匹配人员", "nobody is paired yet"),
    "recusal.visited": ("对象 {target} 的检查已经开始", "the visit to {target} has begun"),
    "rehearsal.not_now": (
        "名录已锁定，不再演练：演练只在锁定之前，用公开的假密钥进行",
        "the lists are frozen: there is a rehearsal before that alone, under a key that everybody knows",
    ),
    "rehearsal.runs": (
        "次数只能是 {allowed} 之一",
        "the number of rehearsals is one of {allowed}",
    ),
    "rehearsal.stopped": ("已停止，没有留下计数", "it was stopped, and nothing was counted"),
    "rehearsal.too_large": (
        "抽取的户数和人员太多：一次演练的计算量是 {work}，反复演练以 {most} 为限",
        "too many are drawn of too many: one rehearsal takes {work} pairs, and {most} is the most that can be repeated",
    ),
    "request.busy": (
        "系统正忙，等了很久仍没有轮到这一次办理；什么也没有改变",
        "the system is busy, and this request's turn did not come; nothing was changed",
    ),
    "request.simultaneous": (
        "有人刚刚办理了同样的内容",
        "somebody has just put in the same thing",
    ),
    "result.code_not_in_force": (
        "检查当日，结果代码 {result_code}（{code_list}）不在有效期内",
        "on the day of the visit the code {result_code} of {code_list} was not in force",
    ),
    "result.code_says_nothing_found": (
        "结果代码 {result_code} 表示没有发现问题，而这些事项写有问题：{items}",
        "the code {result_code} says that nothing was found, and these items tell problems: {items}",
    ),
    "result.day": (
        "检查日期 {day} 不对：应为 {first} 至今天，写作 2026-03-02",
        "the day {day} is wrong: it lies between {first} and today, written 2026-03-02",
    ),
    "result.finding": (
        "事项 {item} 的问题与处理（{handling}）不相符",
        "problem and handling ({handling}) of item {item} don't fit each other",
    ),
    "result.items": ("应逐项填写 {wanted}，写的是 {given}", "the items are {wanted}; told are {given}"),
    "result.measures": ("后续处置不能为空，也不能含有分号", "a measure is not empty and holds no semicolon"),
    "result.methods": (
        "检查方式 {methods} 不对：有 {possible}",
        "the methods {methods} are wrong; there are {possible}",
    ),
    "result.no_such_code": (
        "没有结果代码 {result_code}（代码表 {code_list}）；有 {possible}",
        "there is no result code {result_code} in {code_list}; there are {possible}",
    ),
    "result.not_of_the_team": ("只有检查组成员可以录入", "only a member of the team enters the result"),
    "results.in_another_name": (
        "第 {line} 行的录入人是 {login}：在网页上只能以本人（{own}）的名义录入",
        "line {line} is in the name of {login}: on these pages one enters in one's own name ({own}) alone",
    ),
    "result.unknown": ("没有公示的检查结果 {number}", "there is no disclosed result {number}"),
    "results.lines_differ": (
        "第 {line} 行的 {column} 与同一检查的第一行不同",
        "line {line} tells another {column} than the first line of the same visit",
    ),
    "search.filter": (
        "查询条件 {field} 的值不对：{value!r}",
        "the value of the filter {field} is not possible: {value!r}",
    ),
    "secret.used": ("秘密已经用过，须重新产生", "the secrets were used before; fresh ones are needed"),
    "serve.needs_tls": (
        "不经 TLS 不能向本机以外提供服务（{host}）：请设 YAOHAO_TLS=1，并在前面放置终结 TLS 的代理",
        "without TLS only this machine is served, not {host}: set YAOHAO_TLS=1 and put a proxy that ends TLS in front",
    ),
    "span.days": (
        "{first} 至 {last} 不是一段日子：最后一天不能在第一天之前，至多 {most} 天",
        "{first} to {last} is no span: it ends after it begins, within {most} days",
    ),
    "target.unknown": ("没有检查对象 {target}", "there is no target {target}"),
    "text.control": ("{where} 处的文字含有控制字符", "the text of {where} holds a control character"),
    "timetable.changed_since": (
        "算好以后，检查、休假或不安排的日子又有变动，没有保存",
        "visits, leave or days without inspections have changed since; nothing was kept",
    ),
    "timetable.days": (
        "排期只能在 {first} 至 {last} 之间，首日不晚于末日",
        "a timetable begins and ends between {first} and {last}",
    ),
    "timetable.most": (
        "每人每天至多的户数应为 1 到 {largest}，不能是 {most}",
        "an inspector makes 1 to {largest} visits a day at most, not {most}",
    ),
    "timetable.no_workday": (
        "{first} 至 {last} 没有工作日",
        "there is no working day from {first} to {last}",
    ),
    "timetable.over": (
        "任务到 {last} 为止，已没有可用的工作日",
        "the campaign ends on {last}: no working day is left",
    ),
    "token.exists": ("这个账号已有名为 {name} 的令牌", "the account has a token named {name} already"),
    "token.name": ("令牌名称为空或太长", "the name of a token is empty or too long"),
    "token.period": ("有效期应在今天起 {most} 天之内", "a token is valid for at most {most} days from today"),
    "token.provisional": (
        "现在的密码由管理员设置：换成自己的密码之后才能发放令牌",
        "somebody else has set the password of this account: tokens are issued under one's own",
    ),
    "token.unknown": ("没有令牌 {number}", "there is no token {number}"),
    "upload.empty": ("文件 {file} 是空的", "the file {file} is empty"),
    "upload.faults": (
        "有 {count} 处问题，没有导入任何一行：请更正后重新上传，或只导入没有问题的行",
        "there are {count} faults and nothing was imported: mend the file and hand it in again, or import the sound rows",
    ),
    "upload.name": (
        "文件名 {name!r} 为空、太长或不是文字",
        "the name {name!r} is empty, too long or no plain text",
    ),
    "upload.nothing": (
        "{file} 中没有可以导入的变动：没有问题的行都与库中一致",
        "{file} has nothing to import: every row without a fault is in the database as it is",
    ),
    "upload.too_large": (
        "文件有 {bytes} 字节，至多 {most} 字节：请分成几份，或由管理员在服务器上导入",
        "the file has {bytes} bytes, at most {most} are taken: split it, or have it imported on the server",
    ),
    "upload.unknown": (
        "没有等待导入的文件 {number}：可能已导入、已放弃，或已过一天",
        "no file {number} waits for you: it was applied or discarded, or is older than a day",
    ),
    "user.deputy": (
        "{deputy} 不能代 {login} 行使 {role}：须为同部门的另一人",
        "{deputy} can't stand in for {login} as {role}: it is another person of the same department",
    ),
    "user.elsewhere": (
        "工号 {staff_number} 的人属于其他部门：在那里有账号，或已调往那里",
        "the person with the staff number {staff_number} is another department's: he has an account there or moved there",
    ),
    "user.exists": ("登录名 {login} 已被使用", "the login {login} is taken"),
    "user.has_role": ("{login} 已有角色 {role}", "{login} has the role {role}"),
    "user.inspector_taken": (
        "检查人员 {inspector} 已是另一人的账号",
        "the inspector {inspector} is tied to the account of another person",
    ),
    "user.login": (
        "登录名 {login!r} 为空、太长或含有空格",
        "the login {login!r} is empty, too long or holds a space",
    ),
    "user.no_such_role": ("没有角色 {role}：有 {possible}", "there is no role {role}; there are {possible}"),
    "user.oneself": (
        "不能为自己办理：角色、代理、密码和停用由另一位管理员办理",
        "nobody does this for himself: another administrator does",
    ),
    "user.other_name": (
        "工号 {staff_number} 属于另一姓名的人",
        "the staff number {staff_number} has another name",
    ),
    "user.password_differs": ("两次输入的新密码不一致", "the two new passwords differ"),
    "user.password_same": ("新密码与原密码相同", "the new password is the old one"),
    "user.password_too_long": ("密码至多 {most} 个字符", "a password has at most {most} characters"),
    "user.password_too_short": ("密码至少 {least} 个字符", "a password has at least {least} characters"),
    "user.period": ("起止日期不对：{first} 至 {last}", "the period {first} to {last} is wrong"),
    "user.person": (
        "工号 {staff_number!r} 或姓名 {name!r} 为空、太长或不是文字",
        "the staff number {staff_number!r} or the name {name!r} is empty, too long or no plain text",
    ),
    "user.state": ("用户 {login} 已经是这个状态", "the user {login} is in this state already"),
    "user.witness": (
        "工号 {staff_number} 的人是以下待抽取任务的见证人，又来自其他部门：{campaigns}",
        "the person with the staff number {staff_number} comes from another department and witnesses campaigns that are not "
        "drawn yet: {campaigns}",
    ),
    "user.unknown": ("没有用户 {login}", "there is no user {login}"),
    "visit.day": (
        "{target} 不能排在 {day}：{reasons}",
        "{target} can't be visited on {day}: {reasons}",
    ),
    "visit.none_chosen": ("没有勾选任何检查", "no visit was chosen"),
    "visit.none_to_schedule": (
        "本部门在这项任务中没有需要安排的检查",
        "your department has no visit of this campaign to be scheduled",
    ),
    "visit.not_dispatched": (
        "检查尚未派发（任务状态 {campaign}）",
        "the visit is not dispatched (campaign {campaign})",
    ),
    "visit.not_now": _NOW,
    "visit.not_to_be_entered": (
        "对 {target} 的检查现在不能由您录入结果：须是检查组成员，且检查待录入、被退回或已公示（更正）",
        "you can't enter a result for {target} now: a member of the team does, while the visit is open, sent back, or "
        "disclosed (a correction)",
    ),
    "visit.one_refused": (
        "全部没有办理，因为“{target}”不能办理：{why}",
        "none of them was done, because of {target}: {why}",
    ),
    "visit.unknown": ("没有对 {target} 的检查", "there is no visit to {target}"),
    "void.ground": (
        "作废事由 {ground} 不在列表中：{possible}",
        "{ground} is no ground; there are {possible}",
    ),
    "void.limit": ("本任务的对象作废以 {most} 次为限", "the campaign is limited to {most} voids"),
    "void.not_drawn": ("对象 {target} 没有被抽中", "the target {target} is not drawn"),
    "void.not_now": (
        "抽取为 {draw}、任务为 {campaign} 时不能作废对象",
        "with the draw {draw} and the campaign {campaign} no target is voided",
    ),
    "window.kind": (
        "检查时段的情形 {kind} 不对，应为：{possible}",
        "{kind} is no kind of window; possible are {possible}",
    ),
    "window.target": (
        "{target} 不是这个任务抽中的对象",
        "{target} was not drawn in this campaign",
    ),
    "window.unknown": (
        "没有第 {number} 条检查时段，或已撤销",
        "there is no window numbered {number}, or it was taken back",
    ),
    "witness.already_promised": ("见证人已经承诺", "the witness has committed already"),
    "witness.already_revealed": ("见证人已经揭示", "the witness has revealed already"),
    "witness.digest": (
        "{value!r} 不是 64 位小写十六进制的摘要",
        "{value!r} is no digest of 64 lowercase hex digits",
    ),
    "witness.not_of_this_draw": ("您不是这次抽取的见证人", "you are no witness of this draw"),
    "witness.not_promised": (
        "这些见证人尚未承诺：{witnesses}",
        "these witnesses have not committed yet: {witnesses}",
    ),
    "witness.not_warned": (
        "由服务器计算摘要时，服务器会看到您的文字：请先勾选知悉",
        "where the server makes the digest it sees your text: say first that you know",
    ),
    "witness.too_long": ("见证人的文字至多 {most} 个字", "the witness's text has at most {most} characters"),
    "witness.too_short": (
        "见证人的文字至少 {least} 个字",
        "the witness's text has at least {least} characters",
    ),
}

POOL_STEPS: dict[str, Sentence] = {
    "condition:type": ("类型不符", "another type"),
    "condition:industry": ("行业不符", "another industry"),
    "condition:region": ("不在区域内", "outside the regions"),
    "condition:risk_class": ("信用风险分类不符", "another risk class"),
    "condition:label": ("没有该标签", "without the label"),
    "condition:registry": ("不在专项库中", "not in the special registry"),
    "condition:name_has": ("名称中没有该词", "the name has no such word"),
    "condition:scope_has": ("经营范围中没有该词", "the business scope has no such word"),
    "condition:established_from": ("成立过早", "established too early"),
    "condition:established_to": ("成立过晚或日期不明", "established too late, or nobody knows when"),
    "condition:abnormal": ("经营异常名录状态不符", "otherwise as to abnormal operations"),
    "condition:serious": ("严重失信名单状态不符", "otherwise as to serious violations"),
    "not_active": ("已注销、停业或失效", "not active"),
    "inspected_lately": ("近期检查过", "inspected lately"),
    "yearly_cap": ("已达年度检查上限", "the cap of the year is reached"),
    "no_certificate": ("没有执法证件", "without a certificate"),
    "certificate_expires": ("证件在任务最后一天之前到期", "the certificate expires before the last day"),
    "away": ("整个期间不在岗", "away the whole time"),
}
