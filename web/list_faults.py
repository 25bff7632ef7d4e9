"""What is wrong in a place of a list or a form (导入问题): a sentence for each code of the intake, without the place."""

from __future__ import annotations

Sentence = tuple[str, str]

MOST_FAULTS = 200
"""How many faults of a file a page shows; it says how many more there are."""

FAULTS: dict[str, Sentence] = {
    "too_many_lines": (
        "行数超过一个文件的上限，请分成几个文件",
        "more lines than one file may have; split it into several",
    ),
    "empty_file": ("文件是空的", "the file is empty"),
    "file_too_large": ("文件太大", "the file is too large"),
    "unreadable_workbook": (
        "不是可读的表格文件（可能已加密、损坏或扩展名不符）",
        "not a readable workbook (encrypted, damaged, or of another kind)",
    ),
    "workbook_too_large": ("表格展开后太大", "the workbook is too large when unpacked"),
    "column_missing": ("缺少这一列", "this column is missing"),
    "column_twice": ("这一列出现两次", "this column stands twice"),
    "not_text": ("不是 UTF-8 或 GB18030 文字", "not text in UTF-8 or GB18030"),
    "quote_open": ("引号没有正确结束", "a quotation mark is not closed as it should be"),
    "row_short": ("这一行的列太少", "the row has too few fields"),
    "row_long": ("这一行的列太多", "the row has too many fields"),
    "empty": ("不能为空", "must not be empty"),
    "control_character": (
        "含有制表符、换行或控制字符",
        "holds a tab, a line break or another control character",
    ),
    "invisible_character": ("代码中含有看不见的字符", "a code holds a character that can't be seen"),
    "too_long": ("文字太长", "the text is too long"),
    "error_value": ("表格中的公式错误", "the workbook shows a formula error here"),
    "number_cell": (
        "表格把代码存成了数字，可能已丢位；请改为文本格式重新录入",
        "the workbook keeps this code as a number and may have lost digits; enter it again as text",
    ),
    "number_as_text": (
        "代码被电子表格改成了科学计数；请重新录入原代码",
        "a spreadsheet turned this code into a number; enter the original code again",
    ),
    "separator_in_id": ("编号中不能有分号", "an id can't hold a semicolon"),
    "not_a_capacity": (
        "承办上限应为不带前导零的整数",
        "a capacity is a whole number without leading zeros",
    ),
    "item_empty": ("列表中有空项", "the list has an empty item"),
    "item_twice": ("列表中有重复项", "the list has an item twice"),
    "star_with_others": ("* 表示全部区域，不能再列其他区域", "* means every region and stands alone"),
    "id_twice": ("编号重复", "the id stands twice"),
    "unknown_inspector": ("检查人员名录中没有这个编号", "no inspector has this id"),
    "unknown_target": ("检查对象名录中没有这个编号", "no target has this id"),
    "bar_twice": ("这一回避重复", "the bar stands twice"),
    "same_person": ("两个编号是同一个人", "the two are the same person"),
    "pair_bar_twice": ("这一人员间回避重复", "the pair bar stands twice"),
    "no_id": ("没有统一社会信用代码或注册号", "there is no USCC and no registration number"),
    "not_a_uscc": (
        "不是有效的统一社会信用代码（校验不符）",
        "not a valid USCC (its check character does not hold)",
    ),
    "not_a_registration_number": (
        "不是有效的 15 位注册号（位数或校验不符）",
        "not a valid registration number of 15 digits (length or check digit)",
    ),
    "row_twice": ("整行重复，只取第一行", "the whole row repeats; the first one is taken"),
    "line_break_inside": (
        "这一行中间有单独的回车，行被截断；请去掉回车",
        "a carriage return alone cuts this line; take it out",
    ),
    "not_a_date": ("不是日期，请写作 2026-05-18", "not a day; write it as 2026-05-18"),
    "not_a_choice": ("不是这一列允许的值", "not one of the values this column may have"),
    "not_a_truth_value": ("应为是或否", "should be yes or no: 1 or 0, true or false, or the Chinese words"),
    "not_a_ratio": ("不是不大于 1 的比例，请写作 5/100", "not a ratio of at most 1; write it as 5/100"),
    "not_a_count": ("应为不带前导零的整数", "should be a whole number without leading zeros"),
    "not_a_street": (
        "不是街道（乡镇）的九位代码，第七至九位不能都是 0",
        "not the code of a street or town: nine digits, the last three of them not 000",
    ),
    "no_target": ("检查对象的编号和名称至少填一项", "tell the code or the name of the target"),
    "unknown_department": ("没有这个部门代码或名称", "no department has this code or name"),
    "unknown_jurisdiction": ("没有这个辖区代码或名称", "no jurisdiction has this code or name"),
    "unknown_registry": ("没有这个专项库代码或名称", "no special registry has this code or name"),
    "entry_twice": ("同一条目重复", "the same entry stands twice"),
    "superior_faulty": ("上级辖区所在的行有问题", "the row of the superior jurisdiction has a fault"),
    "superior_cycle": ("上级辖区绕了一圈回到自己", "the superiors lead back to this jurisdiction"),
    "ends_before_it_begins": (
        "前后两项的次序不对：后者不能小于前者",
        "the second of the two may not be less than the first",
    ),
    "other_department": (
        "不属于报送的部门",
        "belongs to another department than the one that hands the list in",
    ),
    "outside_jurisdiction": (
        "不在报送部门的辖区内",
        "lies outside the jurisdiction of the department that hands the list in",
    ),
    "certificate_incomplete": (
        "执法证件的类别、号码和有效期须同时填写",
        "kind, number and last day of a certificate go together",
    ),
    "certificate_twice": ("同一证件号重复", "the number of the certificate stands twice"),
    "certificate_of_another": ("这一证件号属于另一名检查人员", "another inspector has this certificate"),
    "renamed_today": (
        "该部门今天已有一个名称，一天只能有一个",
        "the department has a name of today already; a day has one name",
    ),
    "item_in_approval": (
        "该事项正在审核，不能修改；请先退回",
        "the item is being approved and can't change; have it returned first",
    ),
}
