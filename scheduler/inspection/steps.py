"""The step tables of random inspection: items, annual plans, campaigns, draws, visits, follow-ups."""

from scheduler.workflow import Step, Workflow

ITEM = Workflow("item", {
    ("draft", "amend"): Step("draft", ("registrar",)),
    ("draft", "submit"): Step("legal_review", ("registrar",)),
    ("legal_review", "pass"): Step("office_confirmation", ("legal",)),
    ("legal_review", "reject"): Step("draft", ("legal",)),
    ("office_confirmation", "confirm"): Step("published", ("office",)),
    ("office_confirmation", "refuse"): Step("draft", ("office",)),
    ("published", "retire"): Step("retired", ("office",)),
})  # fmt: skip

ANNUAL_PLAN = Workflow("annual_plan", {
    ("draft", "amend"): Step("draft", ("planner",)),
    ("draft", "approve"): Step("approved", ("approver",)),
    ("draft", "withdraw"): Step("withdrawn", ("planner",)),
    ("approved", "publish"): Step("published", ("planner",)),
    ("approved", "withdraw"): Step("withdrawn", ("planner",)),
    ("published", "start"): Step("running", ("planner",)),
    ("running", "finish"): Step("finished", ("planner",)),
})  # fmt: skip

CAMPAIGN = Workflow("campaign", {
    ("draft", "amend"): Step("draft", ("planner",)),
    ("draft", "invite"): Step("invited", ("planner",)),
    ("invited", "answer"): Step("invited", ("planner",)),
    ("draft", "submit"): Step("submitted", ("planner",)),
    ("invited", "submit"): Step("submitted", ("planner",)),
    ("submitted", "send_back"): Step("draft", ("approver",)),
    ("submitted", "approve"): Step("approved", ("approver",)),
    ("approved", "freeze"): Step("drawing", ("planner",)),
    ("drawing", "release"): Step("approved", ("approver",)),
    ("drawing", "dispatch"): Step("inspecting", ("planner",)),
    ("inspecting", "close"): Step("closed", ("planner",)),
    **{(state, "cancel"): Step("cancelled", ("approver",)) for state in ("draft", "invited", "submitted", "approved")},
})  # fmt: skip

_ENTERS = ("witness", "planner", "approver")

DRAW = Workflow("draw", {
    ("frozen", "promise"): Step("frozen", ("witness",)),
    ("frozen", "commit"): Step("committed", ("planner",)),
    ("committed", "publish"): Step("committed", ("planner",)),
    ("committed", "reveal"): Step("committed", ("witness",)),
    ("committed", "close_reveals"): Step("revealed", ("planner",)),
    ("revealed", "enter"): Step("revealed", _ENTERS),
    ("revealed", "execute"): Step("completed", ("planner",)),
    ("short", "refreeze"): Step("frozen", ("planner",)),
    **{(state, "void"): Step("void", ("approver",)) for state in ("frozen", "committed", "revealed")},
})  # fmt: skip

VISIT = Workflow("visit", {
    ("open", "schedule"): Step("open", ("planner",)),
    ("open", "recuse"): Step("open", ("approver",)),
    ("open", "void"): Step("void", ("approver",)),
    ("open", "enter"): Step("entered", ("inspector",)),
    ("returned", "enter"): Step("entered", ("inspector",)),
    ("disclosed", "correct"): Step("entered", ("inspector",)),
    ("entered", "attach"): Step("entered", ("inspector",)),
    ("entered", "accept"): Step("accepted", ("reviewer",)),
    ("entered", "send_back"): Step("returned", ("reviewer",)),
    ("accepted", "disclose"): Step("disclosed", ("publisher",)),
})  # fmt: skip

FOLLOW_UP = Workflow("follow_up", {
    ("open", "close"): Step("closed", ("reviewer",)),
})  # fmt: skip

WORKFLOWS = (ITEM, ANNUAL_PLAN, CAMPAIGN, DRAW, VISIT, FOLLOW_UP)
