"""Sentences for codes (提示语): Chinese first, English complete. The only place where a code becomes a sentence."""

import json
from collections.abc import Mapping
from typing import Any

from matching.refused import Refused
from scheduler.inspection.audit import Attested, Checked, Differs, Replayed
from scheduler.inspection.file_draw import WANTED_BITS
from scheduler.inspection.registries import Fault
from web.attached_words import CLAIMED, REFUSED
from web.list_faults import FAULTS
from web.refusals import POOL_STEPS, SERVICE
from web.refused_values import in_words

Sentence = tuple[str, str]

SIGNS = {"verified": "✓", "unverifiable": "?", "wrong": "✗"}


REFUSALS: dict[str, Sentence] = {
    **SERVICE,
    **REFUSED,
    "bundle.too_large": (
        "证据包展开后超过 {bytes} 字节",
        "the bundle is larger than {bytes} bytes when unpacked",
    ),
    "bundle.member": (
        "证据包中的 {file} 不认识、重复，或不属于这一种证据包",
        "{file} in the bundle is unknown, stands twice, or does not belong in this kind of bundle",
    ),
    "bundle.is_a_proof": (
        "这是一户的证明，不是证据包：在门户的 /verify 页核对",
        "this is the proof of one target, no bundle: open it at /verify",
    ),
    "bundle.not_a_zip": (
        "不是完整的证据包（zip 文件），请重新取得；对抽取本身不作结论",
        "this is no whole bundle (a zip file), fetch it again; nothing is said of the draw",
    ),
    "commitment.differs": (
        "输入与已公布的承诺不一致：{parts}。请使用承诺时的文件，或以新编号重新承诺",
        "the input is not what was committed: {parts}. Use the committed files, or commit anew under a new number",
    ),
    "commitment.unreadable": (
        "无法读取承诺文件 {file}：请使用 --commit-only 写出的文件",
        "the commitment {file} can't be read: use the file that --commit-only wrote",
    ),
    "draw.no_stratum_listed": (
        "方案列出的分层 {listed} 在名录中都不存在（名录中有 {present}），不会抽出任何对象",
        "none of the plan's strata {listed} stands in the registry (which has {present}): nothing would be drawn",
    ),
    "draw.nothing_drawn": (
        "按方案各分层都抽 0 户；请提高比例或总数，或使用 at_least_one",
        "the plan draws 0 of every stratum; raise the rates or the total, or use at_least_one",
    ),
    "draw.witnesses_need_the_service": (
        "方案写有见证人，而文件抽取不能收取见证人的承诺和揭示；请去掉 witnesses",
        "the plan names witnesses, and a draw from files can't take their commitments and reveals; leave witnesses out",
    ),
    "draw.no_targets": ("检查对象名录为空", "the registry of targets is empty"),
    "entropy.form": (
        "外部随机数的写法不对：{value!r}，种类之后有 {length} 个字符。例如 d10x20: 加 20 位数字，d6x25: 加 25 位 1-6，"
        "lottery:ssq:2026133:03-07-12-19-25-31-09，beacon:链:轮次:十六进制，text:任意文字",
        "the entropy is not written as it must be: {value!r} has {length} characters after its kind. For example d10x20: "
        "and 20 digits, d6x25: and 25 digits 1-6, lottery:ssq:2026133:03-07-12-19-25-31-09, beacon:CHAIN:ROUND:hex, "
        "text:any text",
    ),
    "entropy.no_such_source": (
        "方案指定的随机数来源 {named!r} 不明确；请写 d10x20、d6x25、lottery:彩种:期号、beacon:链:轮次 或 text",
        "the plan's source of entropy {named!r} is not exact; write d10x20, d6x25, lottery:NAME:ISSUE, "
        "beacon:CHAIN:ROUND or text",
    ),
    "entropy.known_before": (
        "“{value}”在这次承诺之前已经公布，可以预先挑选：再次匹配须用同一来源的下一期（下一轮）",
        '"{value}" was known before this commitment and could have been prepared for: a further pairing takes a later '
        "issue or round of the same source",
    ),
    "entropy.other_source": (
        "方案指定的随机数来源是 {named}，不能用 {value!r}",
        "the plan names {named} as the source of the entropy; {value!r} is another",
    ),
    "file.exists": ("{file} 已存在，不会覆盖", "{file} exists and is not overwritten"),
    "file.secret_missing": (
        "找不到 {file}：它在承诺时写在承诺文件旁边，没有它不能揭示",
        "{file} is missing: it was written beside the commitment, and nothing can be opened without it",
    ),
    "file.same": ("{file} 既是输入又是输出", "{file} is to be read and written"),
    "file.unusable": ("无法使用 {file}：{problem}", "{file} can't be used: {problem}"),
    "import.file_changed": (
        "{file} 在读取时被改动，未导入",
        "{file} was changed while it was read; nothing was imported",
    ),
    "import.kind": ("没有 {kind} 这种名单，可用 {kinds}", "there is no list {kind}; there are {kinds}"),
    "import.no_such_department": (
        "没有代码为 {department} 的部门",
        "no department has the code {department}",
    ),
    "import.no_such_jurisdiction": (
        "没有代码为 {jurisdiction} 的辖区",
        "no jurisdiction has the code {jurisdiction}",
    ),
    "json.key_not_text": ("{where} 的键不是文字", "a key at {where} is not text"),
    "json.no_such_value": (
        '{where} 处的值（{kind}）不允许：只能是整数、文字、真假、空、列表和对象；比率写成 "5/100"',
        "the value at {where} ({kind}) is not allowed: only integers, text, true, false, null, lists and objects; "
        'write a rate as "5/100"',
    ),
    "json.not_an_object": ("{where} 不是 JSON 对象", "{where} is not a JSON object"),
    "json.not_canonical": ("{where} 不是规范写法的 JSON", "{where} is not canonical JSON"),
    "json.too_large": ("{where} 处的整数太大", "the integer at {where} is too large"),
    "json.unreadable": ("{where} 不是可读的 JSON（{problem}）", "{where} is not readable JSON ({problem})"),
    "plan.department_twice": ("{where}：部门 {value} 出现两次", "{where}: department {value} stands twice"),
    "plan.fields": (
        "{where} 的字段是 {given}，应为 {wanted} 之一",
        "{where} has the fields {given}; wanted is one of {wanted}",
    ),
    "plan.groups_without_fixed_teams": (
        '{where}：只有 "teams": "fixed" 才有 groups',
        '{where}: groups go with "teams": "fixed" only',
    ),
    "plan.weights": (
        "方案按权重抽取时名录须有权重，不按权重时不能有",
        "lists have weights just where the plan draws by weight",
    ),
    "plan.missing": ("方案缺少 {where}", "the plan lacks {where}"),
    "plan.more_leads_than_seats": (
        "{where}：组长 {value} 人多于检查组人数",
        "{where}: {value} leads are more than the team has seats",
    ),
    "plan.no_departments": ("{where}：没有部门", "{where}: there is no department"),
    "plan.no_lead_qualification": (
        "{where}：有组长就要写明组长资格",
        "{where}: where there are leads their qualification must be named",
    ),
    "plan.no_rates": ("{where}：没有任何分层的抽取比例", "{where}: there is no rate for any stratum"),
    "plan.no_such_objective": (
        "{where}：{value!r} 不是目标，或重复；可用 near、balance、tickets",
        "{where}: {value!r} is no objective or stands twice; there are near, balance, tickets",
    ),
    "plan.no_such_value": (
        "{where}：{value!r} 应为 {wanted} 之一",
        "{where}: {value!r} should be one of {wanted}",
    ),
    "plan.not_a_count": (
        "{where}：{value!r} 不是 {least} 到 {most} 的整数",
        "{where}: {value!r} is not a whole number from {least} to {most}",
    ),
    "plan.not_a_digest": (
        "{where}：{value!r} 不是 64 位小写十六进制",
        "{where}: {value!r} is not 64 lowercase hexadecimal digits",
    ),
    "plan.not_a_rate": (
        '{where}：{value!r} 不是比例，请写成 "5/100"',
        '{where}: {value!r} is not a rate; write it as "5/100"',
    ),
    "plan.not_a_text": (
        "{where}：{value!r} 应为非空文字，不含换行、控制字符",
        "{where}: {value!r} should be text, not empty, without line breaks",
    ),
    "plan.not_a_list": (
        "{where}：{value!r} 应为用分号隔开的列表，各项不空、不重复、按字节排序",
        "{where}: {value!r} should be a list joined with semicolons, its items not empty, all different, sorted by bytes",
    ),
    "plan.not_names": ("{where} 应为姓名列表", "{where} should be a list of names"),
    "plan.not_a_truth_value": ("{where} 应为 true 或 false", "{where} should be true or false"),
    "plan.not_an_object": ("方案不是 JSON 对象", "the plan is not a JSON object"),
    "plan.tickets_not_last": (
        "{where}：目标列表必须以 tickets 结尾",
        "{where}: the list of objectives must end with tickets",
    ),
    "published.form": (
        "--published 应写成“地点, 时间”，例如 '市政府门户网站, 2026-11-22T09:00'；收到 {value!r}",
        "--published is written 'where, when', for example 'portal of the city, 2026-11-22T09:00'; got {value!r}",
    ),
    "published.without_commitment": (
        "--published 只能与 --commit 一起使用：没有先承诺就没有可公布的内容",
        "--published goes with --commit only: without an earlier commitment there was nothing to publish",
    ),
    "recusal.nobody_left": (
        "没有符合条件且仍有余量的检查人员",
        "no lawful inspector with spare capacity is left",
    ),
    "recusal.not_seated": ("该人员不在此检查组中", "the inspector is not on this team"),
    "registries.faulty": (
        "名录有 {count} 处错误，未抽取任何对象",
        "the registries have {count} faults; nothing was drawn",
    ),
    "registry.no_departments": ("没有给出部门代码", "no department is given"),
    "registry.no_targets": (
        "{file} 中没有可用的检查对象，未写出名录",
        "{file} gives no usable target; no registry was written",
    ),
    "registry.years": (
        "年份界限应为递增的年份，例如 1992,1998,2001；收到 {value}",
        "the years must rise, for example 1992,1998,2001; got {value}",
    ),
    "proof.begin": ("抽取起点应为 {wanted}", "the points begin at {wanted}"),
    "proof.commit": (
        "承诺值与其内容不符，应为 {wanted}",
        "the commitment does not hold what it is made of: it is {wanted}",
    ),
    "proof.drawn": (
        "第 {index} 行是否抽中与签号不符",
        "whether row {index} was drawn is not what its ticket says",
    ),
    "proof.line": ("第 {index} 行不属于它所写的分层", "row {index} is not of the stratum that it names"),
    "proof.malformed": ("证明文件格式不对：{problem}", "this is not the file of a proof: {problem}"),
    "proof.path": (
        "第 {index} 行的路径不能到达所承诺的名录",
        "the path of row {index} does not lead to the committed list",
    ),
    "proof.point": (
        "第 {index} 行没有占到自己的抽取点",
        "row {index} does not cover a point of its own",
    ),
    "proof.seed": ("种子应为 {wanted}", "the seed is {wanted}"),
    "proof.taken": (
        "第 {index} 行的权重已够必抽，却没有列入",
        "row {index} weighs enough to be taken with certainty and is not among those",
    ),
    "proof.threshold": (
        "第 {index} 行所在分层的末位签号或抽取数不可能",
        "the threshold or the quota of the stratum of row {index} cannot be",
    ),
    "proof.too_large": ("证明文件超过 {bytes} 字节", "a proof has at most {bytes} bytes"),
    "replay.file_missing": ("证据包缺少 {file}", "the bundle lacks {file}"),
    "replay.malformed": (
        "证据包内容的形式不对：{problem}",
        "the bundle holds something of another form: {problem}",
    ),
    "replay.proofs": (
        "应有 {wanted} 个证明，每个抽中对象一个",
        "there must be {wanted} proofs, one of each drawn target",
    ),
    "replay.not_a_full_bundle": (
        "不是完整证据包，缺少 {missing}，无法重新求解",
        "this is not a full bundle, it lacks {missing}; the pairs can't be solved again",
    ),
    "replay.not_as_committed": ("{parts} 与承诺不符", "{parts} is not what was committed"),
    "replay.not_hex": ("{file} 中有不是十六进制的摘要", "{file} holds a digest that is not hexadecimal"),
    "replay.not_text": ("{file} 不是 UTF-8 文字", "{file} is not UTF-8 text"),
    "replay.other_seed": (
        "种子与承诺、揭示和随机数不符",
        "the seed does not follow from commitment, reveals and entropy",
    ),
    "secret.length": ("{which} 必须是 {bytes} 字节", "{which} must be {bytes} bytes"),
    "secret.not_hex": (
        "{option} 必须是 64 位十六进制数字",
        "{option} must be 64 hexadecimal digits",
    ),
    "secret.other": ("秘密与承诺不符", "the secret is not the committed one"),
    "secret.with_commitment": (
        "--commit 使用承诺时保存的秘密，不能再给 --secret 或 --salt",
        "--commit uses the secrets kept when committing; --secret and --salt can't be given with it",
    ),
    "table.bar_of_unknown": (
        "{table}：{row} 指向名录中没有的编号",
        "{table}: {row} names an id that is in no registry",
    ),
    "table.capacity": (
        "{table}：{row} 的承办上限不是整数",
        "{table}: the capacity of {row} is not a whole number",
    ),
    "table.columns": ("{table}：{row} 的列数或列名不对", "{table}: {row} has other columns"),
    "table.id_twice": ("{table}：编号在 {row} 处再次出现", "{table}: the id of {row} stands twice"),
    "table.key_empty": ("{table}：{row} 缺少编号或所属", "{table}: {row} lacks its key"),
    "table.key_twice": ("{table}：{row} 出现两次", "{table}: {row} stands twice"),
    "table.list_not_sorted": (
        "{table}：{row} 的 {column} 没有排序或有重复",
        "{table}: {column} of {row} is not sorted or has an item twice",
    ),
    "table.pair_not_ordered": ("{table}：{row} 两人的顺序不对", "{table}: the two of {row} are not in order"),
    "table.weight": (
        "{table}：{row} 的权重不是整数",
        "{table}: the weight of {row} is not a whole number",
    ),
    "table.weights_before": (
        "{table}：{row} 之前的权重合计应为 {wanted}",
        "{table}: the weights above {row} add up to {wanted}",
    ),
    "table.weights_sum": ("{table}：权重合计超过 {most}", "{table}: the weights add up to more than {most}"),
    "table.text": (
        "{table}：{row} 的 {column} 含有不允许的字符",
        "{table}: {column} of {row} holds characters that may not stand there",
    ),
    "template.ending": (
        "{file}：模板只能写成 .xlsx 或 .csv",
        "{file}: a template is written as .xlsx or .csv",
    ),
    "text.not_nfc": (
        "{where} 的文字不是 Unicode NFC：{value!r}",
        "the text at {where} is not in Unicode NFC: {value!r}",
    ),
    "text.not_unicode": ("{where} 的文字不能编码为 UTF-8", "the text at {where} can't be encoded as UTF-8"),
    "witness.count": ("见证人数与揭示数不符", "there are not as many reveals as witnesses"),
    "witness.empty_reveal": ("见证人的揭示不能为空", "a reveal can't be empty"),
    "witness.other_reveal": (
        "第 {witness} 位见证人的揭示与承诺不符",
        "witness {witness} revealed another text",
    ),
}


def refusal(refused: Refused) -> Sentence:
    """What a person reads of a refusal."""
    chinese, english = _throws(refused) if refused.code == "entropy.form" else REFUSALS[refused.code]
    in_chinese, in_english = in_words(refused, FAULTS)
    return chinese.format_map(in_chinese), english.format_map(in_english)


def _throws(refused: Refused) -> Sentence:
    """What is wrong with an entropy; of throws of dice how many there are, and no examples of other sources."""
    wanted, chinese, english = _THROWS.get(str(refused.params["value"]).partition(":")[0], (0, "", ""))
    if not wanted:
        return REFUSALS[refused.code]
    others = refused.params["length"] == wanted
    return (
        f"应为 {wanted} 位{chinese}，现有 {{length}} 位" + "，其中有的不是" * others,
        f"there should be {wanted} {english}; there are {{length}}" + ", and some are others" * others,
    )


_THROWS = {"d10x20": (20, "数字", "digits"), "d6x25": (25, " 1 至 6 的数字", "digits 1-6")}


def claims(checked: Checked) -> list[tuple[str, str, str]]:
    """All claims of a check as (name, state, detail), solving again as the last one."""
    told = [(claim.claim, claim.state, claim.detail) for claim in checked.claims]
    told += [(each.claim, each.state, " / ".join(_attested(each))) for each in checked.attested]
    match checked.replay:
        case None:
            return told
        case Replayed(files):
            equal = (
                f"重新抽取和求解，逐字节相同 drawn and solved again, equal to the byte: {', '.join(files)}"
            )
            return [*told, ("replay", "verified", equal)]
        case Differs(file, line, in_bundle, replayed):
            differs = (
                f"{file} 第 {line} 行 line {line}: 证据包 bundle {in_bundle!r}, 复算 replay {replayed!r}"
            )
            return [*told, ("replay", "wrong", differs)]
        case refused:
            return [*told, ("replay", "wrong", " / ".join(refusal(refused)))]


def _attested(each: Attested) -> Sentence:
    """What a claim about an outsider's signature comes to."""
    if each.state == "wrong" or each.code not in CLAIMED:
        return refusal(Refused(each.code, **each.params))
    chinese, english = CLAIMED[each.code]
    return chinese.format(**each.params), english.format(**each.params)


def verdict(checked: Checked) -> Sentence:
    """What a check that found nothing wrong comes to, and what is left to the reader."""
    told = claims(checked)
    sound = sum(state == "verified" for _, state, _ in told)
    left = ", ".join(name for name, state, _ in told if state == "unverifiable")
    if not left:
        return f"{sound} 项全部成立。", f"All {sound} claims follow."
    return f"{sound} 项成立；须自行核对：{left}。", f"{sound} claims follow; for you to check: {left}."


def warnings(bits: int | None, named: bool, self_drawn: bool, short: bool) -> list[Sentence]:
    """What a reader must know before he relies on a draw, in a few words and then in a sentence.

    The same at the terminal, at the head of README.txt and in the report. `bits`: see Entropy; `named`: whether the
    plan fixed the source of the entropy; `short`: whether inspectors lack.
    """
    told = [] if bits is not None and bits >= WANTED_BITS else [_few_bits(bits)]
    return told + [
        sentence
        for holds, sentence in ((not named, _UNNAMED), (self_drawn, _SELF_DRAWN), (short, _SHORT))
        if holds
    ]


def _few_bits(bits: int | None) -> Sentence:
    if bits is None:
        return (
            "外部随机性不详：这种彩票不在已知之列",
            "unknown bits of outside entropy; this lottery is not one we know",
        )
    if bits:
        wanted = f"外部随机性只有 {bits} 比特：应有 {WANTED_BITS} 比特"
        return wanted, f"{bits} bits of outside entropy; {WANTED_BITS} are wanted"
    chosen = "外部随机性为 0 比特：随机数是自由文本，抽取人可以自行选定结果"
    return chosen, "0 bits of outside entropy; the drawer could have chosen the result"


_UNNAMED = (
    "来源未定：方案没有事先指定随机数来源，抽取人可以在几个来源中挑选",
    "the plan names no source of entropy; the drawer could have picked one of several",
)
_SELF_DRAWN = (
    "自抽：没有记录表明承诺在随机数产生之前已经公布；登记簿之外的承诺可以做任意多个，只公布其中一个",
    "self-drawn; no record shows that the commitment was published before the entropy existed, "
    "and outside a register commitments can be made in any number, and one of them shown",
)
_SHORT = (
    "人员缺口：抽中的对象不变，尚未匹配检查人员",
    "shortage of inspectors; the drawn targets stand, nobody is paired yet",
)


def shortages(told: Mapping[str, Any]) -> list[Sentence]:
    """One line for each cause of a shortage, as shortage.json tells it."""
    return [_SHORTAGES[cause["kind"]](cause) for cause in told["shortage"]]


def _seats(cause: Mapping[str, Any]) -> Sentence:
    roles = {"lead": "组长", "member": "组员"}
    places = [
        (f"{seat['region'] or '（无区域）'} {roles[seat['role']]}", seat["seats"]) for seat in cause["seats"]
    ]
    shown = "、".join(f"{place} {seats}" for place, seats in places[:6]) + ("等" if len(places) > 6 else "")
    chinese = (
        "部门 {department}：需 {demand} 个席位，最多能派 {greatest}，缺 {missing}；缺在 ".format_map(cause)
        + shown
    )
    english = "Department {department}: {demand} seats, at most {greatest} can be filled, {missing} missing".format_map(
        cause
    )
    return chinese + "。", english + "."


def _pair_bar(cause: Mapping[str, Any]) -> Sentence:
    two = " / ".join(cause["barred"])
    return (
        f"对象 {cause['target']}：{two} 互斥而无人可换。",
        f"Target {cause['target']}: {two} are barred, neither can be spared.",
    )


def _group(cause: Mapping[str, Any]) -> Sentence:
    chinese = f"第 {cause['group']} 组缺部门 {cause['department']} 的{'组长' if cause['role'] == 'lead' else '组员'}。"
    return chinese, "Group {group} finds no {role} of department {department}.".format_map(cause)


def _no_group(cause: Mapping[str, Any]) -> Sentence:
    shown = ", ".join(cause["targets"][:6]) + (" …" if len(cause["targets"]) > 6 else "")
    return f"没有检查组可以去：{shown}。", f"No group may take {len(cause['targets'])} targets."


def _groups(cause: Mapping[str, Any]) -> Sentence:
    return (
        "各组承办上限不足：需 {demand} 户，最多 {greatest} 户。".format_map(cause),
        "The groups' capacities do not suffice: {demand} targets, {greatest} at most.".format_map(cause),
    )


_SHORTAGES = {
    "seats": _seats,
    "pair_bar": _pair_bar,
    "group": _group,
    "no_group": _no_group,
    "groups": _groups,
}


def pool_step(reason: str, taken_out: int) -> Sentence:
    """What a condition or an exclusion takes out of a pool."""
    chinese, english = POOL_STEPS[reason]
    return f"  不入池 {taken_out}：{chinese}。", f"  {taken_out} out: {english}."


def fault_line(fault: Fault) -> str:
    """One line for one fault: where, code, what was found, and what is wrong with it."""
    sheet = f"[{fault.sheet}]" if fault.sheet else ""
    place = f"{fault.file}{sheet}:{fault.line}:{fault.column or '-'}"
    chinese, english = fault_sentence(fault)
    return f"{place}: {fault.code}: {json.dumps(fault.value, ensure_ascii=False)}  {chinese} / {english}"


def fault_sentence(fault: Fault) -> Sentence:
    """What is wrong in a place of a file, without the place."""
    return FAULTS[fault.code]


STEPS: dict[str, Sentence] = {
    "frozen": (
        "名录已锁定：检查对象 {targets}，检查人员 {inspectors}，回避 {bars}，人员间回避 {pair_bars}。",
        "Frozen: {targets} targets, {inspectors} inspectors, {bars} bars, {pair_bars} pair bars.",
    ),
    "committed": ("方案、{tables} 张名录和秘密已封存。", "Plan, {tables} tables and secrets are sealed."),
    "field_decides_nothing": (
        "注意：方案中的 {field} 不影响抽取，只随方案一起固定；请检查是否拼写有误。",
        "Note: the plan's field {field} decides nothing and is only fixed with it; is it misspelt?",
    ),
    "department_short": (
        "注意：部门 {department} 能派 {people} 人（有资格 {able} 人），每户需 {size} 人（组长 {leads} 人），必有缺口。",
        "Note: department {department} has {people} inspectors ({able} qualified) and a team takes {size} ({leads} leads).",
    ),
    "regions_uncovered": (
        "注意：部门 {department} 有 {number} 个区域无人可去：{regions}。区域范围为空表示哪里都不能去，* 表示全部。",
        "Note: {department} has nobody for {number} regions, such as {regions}. Empty regions match nothing, * everything.",
    ),
    "publication_not_counted": (
        "注意：公布时间 {when} 不在承诺（{committed_at}）与抽取之间，不计入。",
        "Note: the publication of {when} does not lie between commitment and draw, and does not count.",
    ),
    "stamp_not_counted": (
        "注意：没有配置时间戳机构的根证书（YAOHAO_TRUST），证书 {signer} 的链未核对；时间戳附在证据包中，但不计为公布。",
        "Note: no root of an authority is known (YAOHAO_TRUST): the chain of {signer} was not checked; the time stamp goes "
        "into the bundle, but counts as no publication.",
    ),
    "stratum_not_present": (
        "注意：方案列出的分层 {stratum} 在名录中没有对象。",
        "Note: the plan lists stratum {stratum}, of which the registry has no row.",
    ),
    "total_too_large": (
        "注意：总数 {total} 大于名录的 {rows} 户，将全部抽取。",
        "Note: the total {total} is more than the {rows} rows; all are drawn.",
    ),
    "drawn": ("已抽出检查对象 {targets}。", "{targets} targets drawn."),
    "paired": ("人员匹配完成。", "Pairing done."),
    "short": (
        "人员缺口：抽出的对象不变，尚未匹配人员。",
        "Shortage of inspectors: the drawn targets stand, nobody is paired.",
    ),
    "stratum_not_listed": (
        "注意：方案没有列出分层 {stratum}，该分层不抽。",
        "Note: the plan does not list stratum {stratum}; nothing is drawn of it.",
    ),
}
