"""What to do next (下一步) after a refusal: by its code; by the first part of it only where that is truly the same.

The sentence of a refusal tells what is wrong (`refusals`, `sentences`); this one tells the way on.
"""

from __future__ import annotations

from web.attached_words import NEXT, NEXT_OF_GROUP

Sentence = tuple[str, str]

_NEWER: Sentence = (
    "这项工作已经往前走了，或还没有到这一步：刷新页面，按现在显示的下一步办理。",
    "The work has moved on, or has not come so far: reload the page and take the step it shows now.",
)
_CHOOSE: Sentence = ("从列表中选择一项后重新提交。", "Choose one from the list and send it again.")
_AUDIT: Sentence = (
    "不要再办理这个编号；把编号和请求号告诉本部门审计员和系统管理员，请他们核验台账和证据。",
    "Do nothing more with this number; tell it and the request's number to the auditor and the system's administrator.",
)
_SHORTEN: Sentence = ("缩短后重新提交。", "Shorten it and send it again.")
_BACK_TO_LIST: Sentence = (
    "回到列表重新打开；如果那里也没有，它不在您的可见范围内，或已由他人办理。",
    "Open it again from the list; if it is not there, it is out of your sight, or somebody has dealt with it.",
)

ADVICE: dict[str, Sentence] = {
    "rehearsal.not_now": (
        "回到抽取页面，按下一步办理；结果只由正式抽取产生。",
        "Go back to the draw and take the step it shows: nothing but the draw itself gives its result.",
    ),
    "rehearsal.runs": ("从列表中选择次数。", "Choose a number from the list."),
    "rehearsal.stopped": (
        "需要时重新开始公平性演练。",
        "Begin the rehearsals again when you want them.",
    ),
    "rehearsal.too_large": (
        "单次演练仍可进行；要看概率，可以另建一个规模小一些的任务来演练。",
        "A single rehearsal is still possible; for chances, rehearse a smaller campaign of the same kind.",
    ),
    **NEXT,
    "request.busy": (
        "过一分钟再办理一次；一再出现时，请告诉系统管理员。",
        "Try again in a minute; if it keeps happening, tell the system's administrator.",
    ),
    "request.simultaneous": (
        "重新打开页面，看看已经办理了什么，再决定是否还要办理。",
        "Open the page again, see what has been done, and decide whether anything is left to do.",
    ),
    "actor.department_closed": (
        "请由并入的部门办理；您在那里需要新的账号。",
        "The department that it was merged into does this; you need a new account there.",
    ),
    "actor.other_department": (
        "请由该部门的同事办理；本部门只能办理自己的部分。",
        "Ask a colleague of that department: yours deals with its own part alone.",
    ),
    "actor.role": (
        "请由有这项角色的同事办理；需要角色时请联系本部门管理员。",
        "Ask a colleague who has the role; your department's administrator grants roles.",
    ),
    "actor.same_person": (
        "请由另一位同事办理：不同的环节必须由不同的人负责。",
        "Ask another colleague: these steps must be in different hands.",
    ),
    "actor.unknown": (
        "核对登录名；账号停用的，请联系本部门管理员。",
        "Check the login; if the account is disabled, ask your department's administrator.",
    ),
    "annual_plan.exists": (
        "换一个编号，或打开已有的计划修改。",
        "Give it another number, or open the plan that exists and amend it.",
    ),
    "annual_plan.fields": (
        "按提示逐项更正后重新保存。",
        "Mend each place that is named and save it again.",
    ),
    "annual_plan.none": _BACK_TO_LIST,
    "annual_plan.not_now": _NEWER,
    "annual_plan.unknown": (
        "在年度计划列表中核对年度和编号。",
        "Look up year and number in the list of annual plans.",
    ),
    "attachment.media_type": (
        "改用常见的文件类型（PDF、图片、文档）后重新添加。",
        "Use a common kind of file (PDF, picture, document) and add it again.",
    ),
    "attachment.missing": ("选择一个文件后重新提交。", "Choose a file and send it again."),
    "attachment.name": (
        "把文件改一个简短的名称后重新添加。",
        "Give the file a short, plain name and add it again.",
    ),
    "attachment.size": (
        "压缩或分成几份后分别添加；空文件不能添加。",
        "Compress it or split it and add the parts; an empty file can't be added.",
    ),
    "attachment.twice": (
        "不用再添加：它已经在结果中。",
        "Nothing to do: the file is with the result already.",
    ),
    "attachment.unknown": _BACK_TO_LIST,
    "blackout.unknown": _BACK_TO_LIST,
    "calendar.no_year": (
        "请系统管理员录入该年的放假调休安排（yaohao upgrade 随新版本带来），再重新办理。",
        "Ask the system's administrator to put in that year's holidays (a newer version brings them), then try again.",
    ),
    "checkpoint.form": (
        "粘贴检查点的全部文字，连同空行和签名行。",
        "Paste the whole text of the checkpoint, with its empty line and its signature.",
    ),
    "checkpoint.held_already": (
        "不用再登记；它的比对结果在页面下方。",
        "There is nothing more to do: it stands further down on the page.",
    ),
    "checkpoint.key": (
        "粘贴完整的一行公钥：名称+八位标识+公钥。",
        "Give the whole line of the public key: name, eight digits, key, with plus signs between.",
    ),
    "checkpoint.no_key": (
        "请系统管理员启动网站一次，或设置 YAOHAO_LEDGER_KEY。",
        "Have the administrator of the system start the service once, or set YAOHAO_LEDGER_KEY.",
    ),
    "checkpoint.none": (
        "启动网站，第一个检查点随即生成。",
        "Start the service: the first checkpoint is taken at once.",
    ),
    "checkpoint.other_key": (
        "核对它来自哪个系统；如果它来自本系统，说明密钥已更换，请报告主管部门。",
        "Look which installation it came from; if it was this one, the key was changed: report it.",
    ),
    "checkpoint.rewritten": (
        "停止办理，保存数据库备份，报告主管部门；如果是从备份恢复了数据库，见 docs/ledger.md“恢复备份 Restoring”。",
        "Stop work, keep a backup of the database, report it; if a backup was restored, see docs/ledger.md, Restoring.",
    ),
    "checkpoint.signature": (
        "对照原件重新录入；原件也不符的，请报告主管部门。",
        "Enter it again from the original; if that is the same, report it.",
    ),
    "checkpoint.unknown": _BACK_TO_LIST,
    "campaign.condition_unknown": (
        "按列表填写名称或代码；几个同名的，填代码。",
        "Give a name or code of the list; where several have one name, the code.",
    ),
    "campaign.condition_value": (
        "把几个值分成几行写，不用分号。",
        "Write several values on lines of their own, without semicolons.",
    ),
    "campaign.conditions": (
        "改为定向抽查，或去掉全部条件。",
        "Make the campaign a targeted one, or take all conditions out.",
    ),
    "campaign.days": ("把结束日改到开始日之后。", "Set the last day after the first."),
    "campaign.declined_without_comment": (
        "在意见栏写明不参加的原因后重新答复。",
        "Write in the comment why the department declines, and answer again.",
    ),
    "campaign.draw_by": (
        "把抽取期限改到任务结束日之前，或不填。",
        "Set the draw's deadline before the campaign's last day, or leave it empty.",
    ),
    "campaign.exists": ("换一个任务编号。", "Give the campaign another code."),
    "campaign.fields": ("按提示逐项更正后重新保存。", "Mend each place that is named and save it again."),
    "campaign.groups": (
        "选固定检查组时填写组数；逐户匹配时不填。",
        "Give the number of groups with fixed groups; leave it out with a team for each target.",
    ),
    "campaign.item_twice": ("去掉重复的抽查事项。", "Take the repeated items out."),
    "campaign.items_of_others": (
        "修改草案：勾选这些部门参加，或去掉它们的事项。",
        "Amend the draft: let these departments join, or take their items out.",
    ),
    "campaign.lead_does_not_answer": (
        "不用答复；等参与部门都答复后提交审批。",
        "There is nothing to answer; submit the campaign once the others have.",
    ),
    "campaign.lead_first": (
        "把本部门放在第一位；由其他部门牵头的，请他们建立任务。",
        "Put your department first; where another leads, it sets the campaign up.",
    ),
    "campaign.line_used_up": (
        "选计划的另一项；确需加办的，作为计划外任务建立并说明。",
        "Choose another line of the plan, or set the campaign up outside the plan.",
    ),
    "campaign.no_such_stratum": (
        "按列出的分层填写比例，或换一种分层方式。",
        "Give rates for the strata that there are, or stratify otherwise.",
    ),
    "campaign.no_items_left": (
        "取消这项任务，或退回草案换上仍参加的部门的事项。",
        "Cancel the campaign, or send it back and choose items of departments that take part.",
    ),
    "campaign.no_such_department": (
        "从部门列表中选择仍在用的部门；撤并的选并入的部门。",
        "Choose a department that is open; of a merged one, its successor.",
    ),
    "campaign.no_such_item": (
        "只能选已公布的事项；请名录管理员先完成该事项的审核公布。",
        "Only published items can be chosen; have the item approved and published first.",
    ),
    "campaign.no_such_witness": (
        "核对见证人的登录名；没有账号的，请管理员先开通。",
        "Check the witnesses' logins; who has no account gets one from the administrator.",
    ),
    "campaign.nobody_to_invite": (
        "只有本部门参加时直接提交审批；联合抽查先加上参与部门。",
        "With your department alone submit it at once; for a joint campaign add the others first.",
    ),
    "campaign.not_answered": (
        "请列出的部门答复；答复齐后再提交审批。",
        "Ask the departments named to answer; submit when all have.",
    ),
    "campaign.not_as_foreseen": (
        "按年度计划更正列出的各处；要偏离计划的，先修改计划或作为计划外任务。",
        "Mend what differs from the annual plan, or change the plan, or set it up outside the plan.",
    ),
    "campaign.not_foreseen": (
        "先公布年度计划，或核对是第几项。",
        "Publish the annual plan first, or check which line it is.",
    ),
    "campaign.not_now": _NEWER,
    "campaign.objectives": (
        "按 near、balance、tickets 选择，tickets 放在最后。",
        "Choose among near, balance and tickets, with tickets last.",
    ),
    "campaign.other_code": (
        "保持原编号；要用新编号的，复制为新任务。",
        "Keep the code; for another one copy the campaign.",
    ),
    "campaign.rate_above_all": ("把比例改为不超过 100/100。", "Set the rate to 100/100 at most."),
    "campaign.rates_or_total": (
        "比例和总数二选一，清空另一个。",
        "Keep either the rates or the total, and clear the other.",
    ),
    "campaign.ratio_above": (
        "降低该分层的比例，或不选这个事项。",
        "Lower the rate of that stratum, or leave the item out.",
    ),
    "campaign.ratio_below": (
        "提高该分层的比例，或不选这个事项。",
        "Raise the rate of that stratum, or leave the item out.",
    ),
    "campaign.team": (
        "每组至少一人，组长不多于人数；有组长时填写组长资格。",
        "A team has at least one inspector, no more leads than seats, and leads with a qualification.",
    ),
    "campaign.too_often": (
        "不选这个事项，或改到下一年度。",
        "Leave the item out, or plan the campaign for next year.",
    ),
    "campaign.unknown": _BACK_TO_LIST,
    "campaign.visits_open": (
        "先完成并公示其余的检查，再结束任务。",
        "Finish and disclose the remaining visits, then close the campaign.",
    ),
    "campaign.witness_twice": ("去掉重复的见证人。", "Take the repeated witness out."),
    "day.form": (
        "用日期选择框选择，或写作 2026-03-02。",
        "Pick the day in the calendar, or write it as 2026-03-02.",
    ),
    "declaration.ended": (
        "只能填写更早的终止日期。",
        "Only an earlier day can be given.",
    ),
    "declaration.ends_before": (
        "填写起始日期当天或之后的日期。",
        "Give the day on which it began, or a later one.",
    ),
    "declaration.exists": (
        "在列表中查看已有的申报；要更改日期请名录管理员办理。",
        "Look at the one in the list; the registrar changes its days.",
    ),
    "declaration.fields": ("按提示逐项更正后重新保存。", "Mend each place that is named and save it again."),
    "declaration.no_inspector": (
        "请管理员为您的账号关联检查人员。",
        "Ask the administrator to connect your account with an inspector.",
    ),
    "declaration.unknown": (
        "在申报列表中重新查找。",
        "Look for it in the list of declarations again.",
    ),
    "department.has_open_campaigns": (
        "先结束或取消列出的任务，再撤并。",
        "Close or cancel the campaigns named, then merge.",
    ),
    "department.has_unfinished": (
        "先公示列出任务中的更正、办结后续处置，再撤并。",
        "Disclose the corrections and close the follow-ups of the campaigns named, then merge.",
    ),
    "custody.before_entropy": (
        "等两人一致录入随机数之后再来开启。",
        "Come again when two persons have entered the entropy alike.",
    ),
    "custody.enough": ("先解除一位，再指定新的。", "Relieve one first, then name another."),
    "custody.administrator": (
        "请另一部门的保管人或批准人核对。",
        "Ask a custodian or an approver of another department.",
    ),
    "custody.confirmed_already": _NEWER,
    "custody.end_proposed": (
        "请其他部门的保管人或批准人确认。",
        "Ask a custodian or an approver of another department to confirm it.",
    ),
    "custody.fingerprint": (
        "请本人打开“我的保管密钥”再念一遍；仍不一致的，不要核对，并告知审计员。",
        "Have him open his own page and read it again; if it still differs, confirm nothing and tell the auditor.",
    ),
    "custody.incomplete": (
        "请管理员补足三位有角色的保管人，请他们各自设置保管密钥，并由另一部门的人当面核对。",
        "Have the administrator name three with the role; each makes his key, which a person of another department "
        "confirms.",
    ),
    "custody.named_by_you": (
        "请另一部门的其他保管人或批准人核对。",
        "Ask another custodian or approver of another department.",
    ),
    "custody.no_end": _NEWER,
    "custody.no_key": (
        "请他先在“我的保管密钥”设置密钥。",
        "Have him make his key on his own page first.",
    ),
    "custody.not_begun": (
        "直接解除已指定的保管人即可。",
        "Simply relieve the custodians that were named.",
    ),
    "custody.not_ended": (
        "请管理员重新指定三位保管人；或提出停止保管，由其他部门的保管人或批准人确认。",
        "Have the administrator name three again, or propose the end of custody, which a person of another department "
        "confirms.",
    ),
    "custody.same_department": (
        "请另一部门的保管人或批准人办理。",
        "Ask a custodian or an approver of another department.",
    ),
    "custody.locked": _NEWER,
    "custody.named_already": _CHOOSE,
    "custody.no_role": (
        "请其部门管理员先授予保管人角色。",
        "Ask his department's administrator to grant him the role of a custodian first.",
    ),
    "custody.none": _NEWER,
    "custody.not_opened": (
        "请保管人登录，在这次抽取的页面用保管口令开启；开启后再执行抽取。",
        "Ask the custodians to open it with their passphrases on the page of the draw; then execute it.",
    ),
    "custody.not_of_this_draw": (
        "请由抽取页上列出的保管人办理。",
        "Ask one of the custodians whom the page of the draw names.",
    ),
    "custody.opened": ("不用再开启：直接执行抽取。", "Nothing to open any more: execute the draw."),
    "custody.opened_already": ("请另一位保管人开启。", "Ask another of the custodians to open his share."),
    "custody.party": (
        "请管理员换一位保管人后再锁定。",
        "Have the administrator name another custodian, then freeze.",
    ),
    "custody.passphrase": (
        "用锁定名录时有效的口令再试；确实忘记的，请另外两位保管人开启。",
        "Try the passphrase that was in force at the freeze; if it is lost, the other two custodians open.",
    ),
    "custody.passphrase_differs": ("两处输入同一口令。", "Type the same passphrase twice."),
    "custody.passphrase_is_password": (
        "另想一个只用于保管的口令。",
        "Think of a passphrase that is used for custody alone.",
    ),
    "custody.passphrase_long": _SHORTEN,
    "custody.passphrase_short": ("换一个更长的口令。", "Take a longer passphrase."),
    "custody.too_many": (
        "过所说的时间再试，或请另外两位保管人开启。",
        "Try again after that time, or let the other two custodians open.",
    ),
    "custody.unknown": _BACK_TO_LIST,
    "department.has_witnesses": (
        "等列出的任务抽取完成，或请牵头部门更换见证人，再撤并。",
        "Wait until the campaigns named are drawn, or ask their leads for another witness, then merge.",
    ),
    "department.merge": (
        "选择另一个在用的部门。",
        "Choose another department that is open.",
    ),
    "department.name": (
        "写一个与现在不同、不超过 200 字的名称。",
        "Write a name of at most 200 characters that differs from the present one.",
    ),
    "department.renamed_today": (
        "明天再更名；一天只能有一个名称。",
        "Rename it tomorrow: a day has one name.",
    ),
    "department.unknown": (
        "核对部门代码，或从列表中选择。",
        "Check the department's code, or choose it from the list.",
    ),
    "deputy.unknown": (
        "刷新代理列表：它可能已经结束。",
        "Reload the list of deputies: it may be over already.",
    ),
    "disclosure.no_rule": (
        "请系统管理员执行 yaohao upgrade 装入办理时限，再公示。",
        "Ask the system's administrator to run yaohao upgrade, which puts the deadlines in; then disclose.",
    ),
    "draw.changed_since": (
        "重新复核，复核无误后再办理。",
        "Replay the draw again, and go on once that is done.",
    ),
    "draw.evidence_changed": _AUDIT,
    "draw.names_persons": (
        "每个对象仍可凭自己的证明核对；审计人员用完整证据包。",
        "Every target still checks its own proof; auditors have the full bundle.",
    ),
    "draw.no_outcome": (
        "等抽取执行完成后再来；进度见抽取页面。",
        "Come back once the draw has been executed; its page tells how far it is.",
    ),
    "draw.no_stratum_listed": (
        "核对方案中分层的名称与名录是否一致。",
        "Compare the strata of the plan with those of the registry.",
    ),
    "draw.no_targets": ("补充检查对象名录后重新抽取。", "Fill the registry of targets and draw again."),
    "draw.none": (
        "先由计划员锁定名录，任务才有抽取编号。",
        "Have the planner freeze the lists first: that gives the campaign its number.",
    ),
    "draw.not_committed": (
        "先由计划员生成并公布承诺值。",
        "Have the planner commit, and publish the commitment, first.",
    ),
    "draw.not_completed": (
        "先完成抽取和人员匹配，再办理这一步。",
        "Finish the draw and the pairing first.",
    ),
    "draw.not_dispatched": (
        "派发之后再看；此前只有参与部门的计划员、批准人和审计员能看。",
        "Look again when the visits are sent out; until then only planners, approvers and auditors who take part see it.",
    ),
    "draw.not_now": _NEWER,
    "draw.not_public": (
        "等全部检查公示或作废、任务结束之后再办理。",
        "Wait until every visit is disclosed or void and the campaign is closed.",
    ),
    "draw.not_ready_to_close": (
        "先登记公布、请列出的见证人揭示；确实不能补的，勾选确认后再结束。",
        "Record the publication and have the witnesses reveal; if that can't be, confirm it and close.",
    ),
    "draw.not_short": (
        "没有缺口，不用再锁定：直接办理下一步。",
        "There is no shortage and nothing to freeze again: go on with the next step.",
    ),
    "draw.not_taking_part": (
        "请由参加这次抽查的部门的同事办理。",
        "Ask a colleague of a department that takes part.",
    ),
    "draw.nothing_drawn": (
        "提高比例或总数，或选择每层至少抽一户。",
        "Raise the rates or the total, or ask for at least one of each stratum.",
    ),
    "draw.other_attempt": (
        "刷新页面，按现在的这一次匹配重新办理。",
        "Reload the page and do it for the present attempt.",
    ),
    "draw.population_open": (
        "先完成或作废列出的抽取，再锁定名录。",
        "Complete or void the draw named, then freeze the lists.",
    ),
    "draw.previous_not_committed": (
        "先为上一个编号生成承诺值，或请批准人作废它。",
        "Commit the number before this one, or have the approver void it.",
    ),
    "draw.seed_stands": (
        "继续办完这个编号；缺人时补充检查人员后再锁定。",
        "Carry this number through; after a shortage add inspectors and freeze again.",
    ),
    "draw.too_late": (
        "任务已过抽取期限：请批准人取消，另建一项期限合适的任务。",
        "The campaign is past its deadline: have it cancelled and set up one with a later deadline.",
    ),
    "draw.two_answers": (
        "这种情形几乎不会发生；请保留证据包并联系系统维护方。",
        "This hardly ever happens: keep the evidence and ask whoever maintains the system.",
    ),
    "draw.unknown": (
        "在抽取登记册中核对编号；没有公开或不属本部门的看不到。",
        "Look the number up in the register; what is not public, nor your department's, is not shown.",
    ),
    "draw.entropy_stands": (
        "请两位保管人开启；确有两位不能开启的，选“秘密无法开启”。",
        "Have two custodians open; if two of them truly can't, take the ground that the secret can't be opened.",
    ),
    "draw.secret_not_in_custody": _CHOOSE,
    "draw.void_ground": _CHOOSE,
    "draw.witnesses_need_the_service": (
        "去掉方案中的见证人，或在系统中建立任务来抽取。",
        "Take the witnesses out of the plan, or draw in the service.",
    ),
    "entropy.entered_already": (
        "请另一位有权录入的同事录入同一随机数。",
        "Let another person who may enter it enter the same value.",
    ),
    "entropy.form": (
        "对照原始结果，按方案指定来源的写法写全后重新录入。",
        "Compare with the original outcome, write the whole of it as the plan's source is written, and enter it again.",
    ),
    "entropy.missing": (
        "先由两人各自录入同一随机数，再执行抽取。",
        "Have two persons enter the same value first, then draw.",
    ),
    "entropy.no_such_source": (
        "在任务中写明确切的随机数来源后重新提交。",
        "Name an exact source in the campaign and send it again.",
    ),
    "entropy.other_source": (
        "改用方案指定的来源取得的随机数。",
        "Use the value of the source that the plan names.",
    ),
    "entropy.stands": (
        "不用再录入：直接执行抽取。",
        "Nothing to enter any more: execute the draw.",
    ),
    "export.long_cell": (
        "改为下载 CSV。",
        "Download it as CSV instead.",
    ),
    "export.too_long": (
        "改为下载 CSV，或加上筛选条件缩小范围。",
        "Download it as CSV, or narrow it by the filters.",
    ),
    "file.exists": (
        "换一个文件名，或先移走已有的文件。",
        "Choose another name, or move the file away first.",
    ),
    "file.faulty": (
        "按逐行的说明更正文件后重新上传；没有办理任何一行。",
        "Mend the lines that are told and hand the file in again; nothing was done.",
    ),
    "file.same": ("给输出另写一个文件名。", "Give the output another name."),
    "file.secret_missing": (
        "把承诺时写出的秘密文件放回承诺文件旁边；找不到就只能作废这个承诺。",
        "Put the file of secrets back beside the commitment; without it that commitment can't be opened.",
    ),
    "file.unusable": (
        "核对文件的位置和权限后重试。",
        "Check where the file is and who may use it, then try again.",
    ),
    "follow_up.not_now": _NEWER,
    "follow_up.unknown": (
        "刷新后续处置列表：它可能已经办结。",
        "Reload the list of follow-ups: it may be closed already.",
    ),
    "grant.unknown": (
        "刷新用户页面：这项角色可能已经收回或到期。",
        "Reload the user's page: the role may have ended already.",
    ),
    "idempotency.in_progress": (
        "稍候用同一 Idempotency-Key 再次提交，取得第一次的答复。",
        "Send it again in a moment with the same Idempotency-Key, and get the first answer.",
    ),
    "idempotency.key": (
        "为每个新请求生成一个短的可打印的 Idempotency-Key，例如 UUID。",
        "Make a short printable Idempotency-Key for every new request, such as a UUID.",
    ),
    "idempotency.other_request": (
        "不同的请求用不同的 Idempotency-Key；重试时内容不能改动。",
        "Use another Idempotency-Key for another request; a retry is sent without a change.",
    ),
    "inspector.amendment": (
        "回到人员缺口页面，从补足办法进入；或用名单导入变更。",
        "Come from the page of the shortage, or amend them by an import.",
    ),
    "inspector.state": _CHOOSE,
    "inspector.unknown": (
        "核对检查人员编号；须是本部门名录中的人员。",
        "Check the inspector's code: it must be one in your department's registry.",
    ),
    "item.exists": (
        "换一个事项编号，或打开已有的事项起草新版本。",
        "Give it another code, or open the item that exists and draft a new version.",
    ),
    "item.fields": ("按提示逐项更正后重新保存。", "Mend each place that is named and save it again."),
    "item.in_approval": (
        "打开正在起草或审核的版本继续办理，或请审核人先退回。",
        "Go on with the version that is being approved, or have it returned first.",
    ),
    "item.none": _BACK_TO_LIST,
    "item.none_to_move": (
        "自己起草、提交或审核的事项，请由另一位同事办理。",
        "Items that you drafted, submitted or reviewed are for another colleague.",
    ),
    "item.not_approved": (
        "直接修改这一版，不用起草新版本。",
        "Amend this version; a new one is not needed.",
    ),
    "item.not_now": _NEWER,
    "item.opinion_too_long": _SHORTEN,
    "item.other_number": (
        "刷新页面，核对现在的事项后再一并办理。",
        "Reload the page and look at the items there are now.",
    ),
    "item.unknown": (
        "在事项清单中核对编号。",
        "Look the code up in the list of items.",
    ),
    "job.not_over": (
        "等它办完；只有失败或搁置的作业才能重办。",
        "Wait until it is over; only a failed or parked job is done again.",
    ),
    "job.unknown": _BACK_TO_LIST,
    "leave.days": (
        "核对第一天和最后一天后重新登记。",
        "Check the first and the last day and enter it again.",
    ),
    "leave.over": (
        "已经过去的休假不再改动。",
        "Leave that is over is not changed any more.",
    ),
    "leave.overlaps": (
        "核对已登记的休假；需要更长的，先撤销再登记。",
        "Look at the leave that is entered; if it is longer now, take it back and enter it anew.",
    ),
    "leave.unknown": _BACK_TO_LIST,
    "ledger_key.name": (
        "改写 YAOHAO_LEDGER_NAME，例如 amr.example.gov.cn/yaohao。",
        "Write another YAOHAO_LEDGER_NAME, such as amr.example.gov.cn/yaohao.",
    ),
    "ledger_key.not_written": (
        "让运行本程序的用户能写入该文件夹，或以 YAOHAO_LEDGER_KEY 指定别处。",
        "Let the program's user write to that folder, or name another place by YAOHAO_LEDGER_KEY.",
    ),
    "ledger_key.open_to_others": (
        "查明谁读过它；改为只有所有者可读（chmod 600），有疑问就换新密钥。",
        "Find out who has read it; make it readable by its owner alone (chmod 600), or take a new key if in doubt.",
    ),
    "ledger_key.unreadable": (
        "从备份恢复原来的密钥文件；不要随意换新密钥。",
        "Put the key back from a backup; don't take a new one lightly.",
    ),
    "ledger_memory.not_written": (
        "让运行本程序的用户能写入密钥文件所在的文件夹。",
        "Let the program's user write to the folder in which the key lies.",
    ),
    "ledger_memory.unreadable": (
        "查明谁动过它；从备份恢复，或移走它，下次签署时会按数据库中的检查点重新生成。",
        "Find out who has touched it; put it back from a backup, or move it away: the next signing makes it anew.",
    ),
    "ledger.chain": ("从页面上的标签选择台账。", "Choose the ledger by the tabs of the page."),
    "login.failed": (
        "核对大小写后重试；忘记密码请联系本部门管理员设置新密码。",
        "Check capitals and try again; your department's administrator sets a new password.",
    ),
    "login.too_many": (
        "过所说的时间再试；忘记密码请联系本部门管理员。",
        "Try again after that time; if the password is lost, ask your department's administrator.",
    ),
    "notice.not_of_the_team": (
        "请由检查组成员或本部门计划员打印。",
        "Ask a member of the team or the department's planner to print it.",
    ),
    "obligation.fulfilled_too_early": (
        "核对办结日期，写在起算日期或之后。",
        "Check the day of completion: it is not before the day from which the time runs.",
    ),
    "pool.empty": (
        "放宽条件或排除，或先补充检查对象名录，再看入池数目。",
        "Loosen the conditions or exclusions, or fill the registry, and look at the pool again.",
    ),
    "pool.nobody": (
        "请列出的部门补充在岗、证件有效、未休假的检查人员。",
        "Ask the departments named for inspectors who are active, certified and not on leave.",
    ),
    "pool.too_many_bars": (
        "退回任务，关闭同街道规则，或把任务分成几个区域。",
        "Send the campaign back and switch off the rule of the same street, or split the campaign by regions.",
    ),
    "pool.nothing_to_draw": (
        "退回任务，提高比例或总数，或选择每层至少抽一户。",
        "Send the campaign back and raise the rates or the total, or ask for at least one of each stratum.",
    ),
    "campaign.weights": (
        "填写抽取总数和各分层的权重，至少一个大于 0。",
        "Give the total and the weights of the strata, one of them above 0.",
    ),
    "entropy.known_before": (
        "等同一来源的下一期（下一轮）公布后录入。",
        "Wait for the next issue or round of the same source, and enter that.",
    ),
    "pool.no_weights": (
        "修改任务，给对象池中的分层填写权重。",
        "Amend the campaign: give a weight to the strata that are in the pool.",
    ),
    "proof.form": (
        "使用 yaohao ledger prove 写出的文件。",
        "Use the file that yaohao ledger prove wrote.",
    ),
    "proof.no_match": (
        "逐项核对后重试；查询码用过、过期或已被新的替换的，请向检查部门重新领取。",
        "Check each of the three and try again; where the code was used, has ended or was replaced by another, ask the "
        "department that inspects for a new one.",
    ),
    "proof.not_in_the_list": (
        "核对代码（区分字母和数字）；锁定名录之后登记的对象不在其中。",
        "Check the code, letters and digits; targets that were registered after the freeze are not in the list.",
    ),
    "proof.too_many": (
        "过所说的时间再试；查询码请向检查部门领取。",
        "Try again after that time; the department that inspects gives the code out.",
    ),
    "proof.unknown": (
        "扫描通知书上的二维码；凭查询码来的，码已用过，请向检查部门领取新的查询码。",
        "Scan the code on the notice; who came by a code has used it up, and asks the department that inspects for a new "
        "one.",
    ),
    "public_bundle.names_persons": (
        "每个对象仍可凭自己的证明核对；抽取结果和承诺值在抽取的公开页面上。",
        "Every target still checks its own proof; what was committed and how many were drawn stands on the public page.",
    ),
    "public_bundle.none": (
        "在抽取的公开页面查看进展；抽取结果和承诺值已在那里公布。",
        "See the public page of the draw: what was committed and how many were drawn stands there.",
    ),
    "public_bundle.not_made": (
        "请向牵头部门询问；抽取结果和承诺值在抽取的公开页面上。",
        "Ask the lead department; what was committed and how many were drawn stands on the public page of the draw.",
    ),
    "publication.form": (
        "用日期时间框选择，或写作 2026-03-02T10:00。",
        "Pick day and time in the field, or write 2026-03-02T10:00.",
    ),
    "publication.is_stamp": (
        "在“时间戳”处上传时间戳机构的应答文件。",
        "Attach the authority's answer where time stamps are attached.",
    ),
    "publication.place": (
        "写明公布的地方，例如“市政府门户网站”，不超过 300 字。",
        "Write where it was published, such as the city's portal, in at most 300 characters.",
    ),
    "publication.time": (
        "核对公布时间：在生成承诺值之后、现在之前。",
        "Check the time: it is after the commitment and not in the future.",
    ),
    "reason.missing": ("写明理由后重新提交。", "Write the reason and send it again."),
    "recusal.ground": _CHOOSE,
    "recusal.limit": (
        "不能再回避：请牵头部门按方案的上限另行安排，或作废该对象。",
        "No further recusal is possible: the lead department finds another way within the plan's limits.",
    ),
    "recusal.lines_differ": _AUDIT,
    "recusal.no_such_target": (
        "从任务的检查列表中选择对象。",
        "Choose the target from the campaign's list of visits.",
    ),
    "recusal.nobody_left": (
        "先增加可用的检查人员（承办上限、区域、证件），再办理回避。",
        "Add inspectors with spare capacity, region and certificate, then grant the recusal.",
    ),
    "recusal.not_seated": (
        "刷新检查页面：他可能已经换下。",
        "Reload the visit's page: he may have been replaced already.",
    ),
    "recusal.nothing_paired": (
        "先执行抽取，匹配人员后再办理回避。",
        "Execute the draw first; there is nobody to recuse before.",
    ),
    "recusal.visited": (
        "检查已经开始，不能再换人；有利害关系的，请在结果审核时说明。",
        "The visit has begun and nobody is replaced; tell the reviewer of the relation.",
    ),
    "result.code_not_in_force": (
        "选择检查当日有效的结果代码。",
        "Choose a code that was in force on the day of the visit.",
    ),
    "result.code_says_nothing_found": (
        "改选表示发现问题的结果代码，或清空列出事项的问题。",
        "Choose a code that says something was found, or clear the problems of the items named.",
    ),
    "result.day": (
        "改为实际检查的日期：派发之后、今天或之前。",
        "Give the day of the visit: after its dispatch and not after today.",
    ),
    "result.finding": (
        "有问题的写明问题并选处理方式；没有问题的选无需处理。",
        "Where there is a problem write it and choose its handling; else choose that nothing is to do.",
    ),
    "result.items": (
        "刷新页面，逐项填写本部门的全部事项。",
        "Reload the page and fill in every item of your department.",
    ),
    "result.measures": (
        "一行写一项后续处置，不重复，不用分号。",
        "Write one measure on a line, none twice, without semicolons.",
    ),
    "result.methods": ("至少勾选一种检查方式。", "Tick at least one way of inspecting."),
    "result.no_such_code": _CHOOSE,
    "result.not_of_the_team": (
        "请由本次检查的组员录入；组员见检查页面。",
        "Let a member of the team enter it; the visit's page names them.",
    ),
    "result.unknown": (
        "在检查结果查询中按名称重新查找。",
        "Search for the target's name among the disclosed results.",
    ),
    "results.in_another_name": (
        "把录入人改为本人；代他人录入的文件由他本人上传。",
        "Put your own login there; each hands in his own results.",
    ),
    "results.lines_differ": (
        "让同一次检查的各行写同样的日期、结果和说明。",
        "Make the lines of one visit tell the same day, result and note.",
    ),
    "search.filter": (
        "清除筛选条件后重新查询。",
        "Clear the filters and search again.",
    ),
    "span.days": (
        "核对第一天和最后一天后重新登记。",
        "Check the first and the last day and enter it again.",
    ),
    "target.unknown": (
        "在检查对象名录中核对编号。",
        "Look the code up in the registry of targets.",
    ),
    "timetable.changed_since": (
        "重新打开页面看清楚，再办理一次。",
        "Open the page again, look at it, and do it once more.",
    ),
    "timetable.days": (
        "在这些日子之内选择后重新提交。",
        "Choose days within these and send it again.",
    ),
    "timetable.most": (
        "改成范围内的数后重新提交。",
        "Give a number within these and send it again.",
    ),
    "timetable.no_workday": (
        "选择含有工作日的日期后重新提交。",
        "Choose days of which one is a working day.",
    ),
    "timetable.over": (
        "逐户录入结果；不能检查的由牵头部门作废。",
        "Enter the results there are; the lead department voids what can't be inspected.",
    ),
    "token.exists": ("换一个令牌名称。", "Give the token another name."),
    "token.name": ("写一个不超过 100 字的名称。", "Give it a name of at most 100 characters."),
    "token.period": ("改为今天起 400 天以内的日期。", "Choose a day within 400 days from today."),
    "token.provisional": ("先修改密码，再发放令牌。", "Change the password first, then issue the token."),
    "token.unknown": ("刷新令牌列表后重新选择。", "Reload the list of tokens and choose again."),
    "upload.empty": (
        "选择一个有内容的文件后重新上传。",
        "Choose a file that is not empty and hand it in again.",
    ),
    "upload.faults": (
        "下载问题清单，在原文件中更正后重新上传。",
        "Download the list of faults, mend the file and hand it in again.",
    ),
    "upload.name": (
        "把文件改一个简短的名称后重新上传。",
        "Give the file a short, plain name and hand it in again.",
    ),
    "upload.nothing": (
        "不用导入；核对是否选错了文件。",
        "Nothing to import; check whether it is the right file.",
    ),
    "upload.too_large": (
        "把文件分成几份分别上传，或交给系统管理员用命令行导入。",
        "Split the file and hand in the parts, or have the system's administrator import it.",
    ),
    "upload.unknown": ("重新上传文件。", "Hand the file in again."),
    "user.deputy": (
        "选择同部门的另一个人作代理人。",
        "Choose another person of the same department.",
    ),
    "user.elsewhere": (
        "核对工号；调来的人，请原部门先停用其账号；确须在两个部门都有账号的，请系统管理员在服务器上办理。",
        "Check the staff number; for somebody who has moved ask his old department to disable his account; who is to have "
        "accounts in two departments gets them from the system's administrator.",
    ),
    "user.exists": (
        "换一个登录名；若是同一人，直接打开已有的账号。",
        "Choose another login; if it is the same person, open the account that exists.",
    ),
    "user.has_role": (
        "不用再授予；要改截止日的，先收回再授予。",
        "Nothing to grant; to change its last day end it first and grant it anew.",
    ),
    "user.inspector_taken": (
        "核对检查人员编号和工号：同一人的账号用同一工号，别人的编号不能用。",
        "Check the inspector's code and the staff number: one inspector is one person, with one staff number.",
    ),
    "user.login": (
        "登录名用字母、数字和符号，不含空格，不超过 100 个字符。",
        "Use letters, digits and signs without spaces, at most 100 characters.",
    ),
    "user.no_such_role": _CHOOSE,
    "user.oneself": (
        "请本部门另一位管理员办理；只有一位管理员的，请系统管理员在服务器上增加一位。",
        "Ask another administrator of the department; where there is only one, the system's administrator adds another.",
    ),
    "user.other_name": (
        "核对工号和姓名：这个工号已有人使用。",
        "Check staff number and name: somebody has this number already.",
    ),
    "user.password_differs": ("重新输入两次相同的新密码。", "Type the same new password twice."),
    "user.password_same": (
        "换一个与原密码不同的新密码。",
        "Choose a password that differs from the old one.",
    ),
    "user.password_too_long": _SHORTEN,
    "user.password_too_short": (
        "换一个更长的密码，例如几个不相关的词连在一起。",
        "Choose a longer one, such as a few unrelated words.",
    ),
    "user.period": (
        "结束日不能早于开始日，也不能早于今天。",
        "The last day is neither before the first nor before today.",
    ),
    "user.person": (
        "填写工号（至多 50 字）和姓名（至多 100 字）。",
        "Give a staff number (at most 50 characters) and a name (at most 100).",
    ),
    "user.state": ("刷新页面：它已经由他人办理。", "Reload the page: somebody has done it already."),
    "user.witness": (
        "等列出的任务抽取完成，或请牵头部门更换见证人，再新增账号。",
        "Wait until the campaigns named are drawn, or ask their leads for another witness, then add the account.",
    ),
    "user.unknown": (
        "在用户列表中查找；其他部门的用户由该部门管理员办理。",
        "Look in the list of users; those of other departments are their own administrators' business.",
    ),
    "visit.day": (
        "换一天；或先处理原因：改期、撤销休假或不安排的日子，或由牵头部门提高每人每天的上限。",
        "Choose another day; or see to the reasons first: leave, days without inspections, or the limit of a day.",
    ),
    "visit.none_chosen": ("勾选要办理的检查后重新提交。", "Tick the visits you mean and send it again."),
    "visit.none_to_schedule": (
        "不用安排：检查都已安排或已经开始。",
        "Nothing to schedule: all visits have their day or have begun.",
    ),
    "visit.not_dispatched": (
        "等牵头部门的计划员派发检查后再办理。",
        "Wait until the lead department's planner has dispatched the visits.",
    ),
    "visit.not_now": _NEWER,
    "visit.not_to_be_entered": (
        "打开检查页面，看现在的状态和检查组；由组员在轮到时录入。",
        "Open the visit and see its state and team; a member enters the result when it is due.",
    ),
    "visit.one_refused": (
        "去掉这一户后重新提交，或先处理它的问题。",
        "Leave that one out and send the rest, or deal with it first.",
    ),
    "visit.unknown": _BACK_TO_LIST,
    "void.ground": _CHOOSE,
    "void.limit": (
        "不能再作废对象：照常检查，并在结果中如实记录。",
        "No further target can be voided: visit it, and tell in the result what was found.",
    ),
    "void.not_drawn": (
        "从任务的检查列表中选择对象。",
        "Choose the target from the campaign's list of visits.",
    ),
    "void.not_now": _NEWER,
    "window.kind": _CHOOSE,
    "window.target": (
        "在排期列表中核对对象编号后重新登记。",
        "Look up the target's code in the list of the timetable and enter it again.",
    ),
    "window.unknown": _BACK_TO_LIST,
    "witness.already_promised": (
        "不用再承诺；保存好原文，等通知揭示。",
        "Nothing to do: keep the text and wait until it is to be revealed.",
    ),
    "witness.already_revealed": ("不用再揭示。", "Nothing to do: the text is revealed."),
    "witness.count": _AUDIT,
    "witness.digest": (
        "粘贴完整的 64 位小写十六进制摘要，或改用页面计算。",
        "Paste the whole digest of 64 lowercase hex digits, or let the page work it out.",
    ),
    "witness.empty_reveal": ("输入承诺时所用的原文。", "Type the text that you committed to."),
    "witness.not_of_this_draw": (
        "请由任务中指定的见证人办理。",
        "Ask the witness whom the campaign names.",
    ),
    "witness.not_promised": (
        "请列出的见证人先登录并提交摘要。",
        "Ask the witnesses named to log in and commit first.",
    ),
    "witness.not_warned": (
        "勾选知悉后重新提交；不愿让服务器看到原文的，自行计算摘要后粘贴。",
        "Tick that you know it; or work the digest out yourself and paste it.",
    ),
    "witness.other_reveal": (
        "逐字核对：须与承诺时的原文完全相同，包括空格和标点。",
        "Compare it letter by letter: it must be the very text, with its spaces and signs.",
    ),
    "witness.too_long": _SHORTEN,
    "witness.too_short": (
        "写长一些，别人猜不到的一句话。",
        "Write more: a sentence that nobody can guess.",
    ),
}

GROUPS: dict[str, Sentence] = {
    **NEXT_OF_GROUP,
    "bundle": (
        "重新下载证据包，不要解压或改动，再复核。",
        "Download the bundle again, don't unpack or change it, and check it again.",
    ),
    "commitment": (
        "使用承诺时写出的原文件；找不到就以新编号重新承诺。",
        "Use the very files of the commitment; if they are lost, commit anew under a new number.",
    ),
    "database": (
        "请系统管理员处理数据库后再试。",
        "Have the system's administrator see to the database, then try again.",
    ),
    "demo": (
        "为示范另指定一个空的数据库。",
        "Give the demo an empty database of its own.",
    ),
    "import": (
        "按提示更正命令或文件后重新导入。",
        "Mend the command or the file as it says and import again.",
    ),
    "json": (
        "按提示更正文件中的这一处后重新提交。",
        "Mend that place of the file and send it again.",
    ),
    "plan": (
        "按提示更正方案的这一处后重新提交。",
        "Mend that place of the plan and send it again.",
    ),
    "published": (
        "按提示更正 --published 后重新执行。",
        "Mend --published as it says and run the command again.",
    ),
    "registries": (
        "按逐行的说明更正名录后重新执行。",
        "Mend the lines that are told and run the command again.",
    ),
    "registry": (
        "按提示更正命令或文件后重新执行。",
        "Mend the command or the file as it says and run it again.",
    ),
    "proof": (
        "这份证明不成立：向出具的部门重新领取，仍不成立的请报告审计。",
        "This proof does not hold: ask the department for it anew; if that fails too, have the draw audited.",
    ),
    "replay": (
        "这份证据包不能用来重新求解：向抽取部门索取原件，仍不符的请报告审计。",
        "This bundle can't be solved again: ask for the original; if that fails too, have it audited.",
    ),
    "key": (
        "请系统管理员检查密钥文件；丢失的从备份恢复，恢复之前不要办理抽取。",
        "Have the system's administrator see to the key file, or bring it back from its backup, before any draw goes on.",
    ),
    "secret": (
        "使用承诺时保存的秘密；需要新秘密时由程序产生，不要自己写。",
        "Use the secrets kept with the commitment; let the program make new ones.",
    ),
    "serve": (
        "设好 TLS 或只在本机提供服务后重新启动。",
        "Set TLS up, or serve this machine alone, and start again.",
    ),
    "table": (
        "按提示更正名录的这一行后重新提交。",
        "Mend that line of the list and send it again.",
    ),
    "template": ("把文件名改为以 .xlsx 或 .csv 结尾。", "Let the name end in .xlsx or .csv."),
    "text": (
        "删去看不见的字符，或用键盘重新输入这段文字。",
        "Take out characters that can't be seen, or type the text anew.",
    ),
}
"""By the first part of a code: of files and commands, where the sentence names the place and the way on is the same."""

GENERAL: Sentence = (
    "请返回上一页，按提示更正后再办理。没有任何内容被部分保存。",
    "Go back, put it right and try again. Nothing was half saved.",
)


def advice(code: str) -> Sentence:
    """What somebody can do whom this was refused."""
    subject, _, _ = code.partition(".")
    return ADVICE.get(code) or GROUPS.get(subject) or GENERAL
