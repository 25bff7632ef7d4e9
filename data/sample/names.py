"""The words of which the sample city's names are made: surnames, given names, trade names, trades.

A company's name is 行政区划 + 字号 + 行业 + 组织形式; a sole trader's is the same with a shop word
at the end. Weights are whole numbers, so that a choice by weight needs no fraction.
"""

from typing import NamedTuple


class Trade(NamedTuple):
    """A line of business (行业): its weight among all, its words in a company's and in a shop's name.

    `shops_in_ten` of ten such businesses are sole traders (个体工商户).
    """

    weight: int
    shops_in_ten: int
    company: tuple[str, ...]
    shop: tuple[str, ...]


def _trade(weight: int, shops_in_ten: int, company: str, shop: str) -> Trade:
    return Trade(weight, shops_in_ten, tuple(company.split()), tuple(shop.split()))


# each with its bearers among about 10,000 persons
_COMMON_SURNAMES = (
    "王710 李700 张660 刘520 陈470 杨310 黄230 赵220 吴205 周200 徐145 孙145 马130 朱125 胡115 郭112 "
    "何110 林108 高100 罗98 郑92 梁84 谢78 宋76 唐74 许72 韩70 邓68 冯66 曹64 彭62 曾60 肖58 田56 董54 "
    "潘52 袁50 蔡48 蒋47 余46 于45 杜44 叶43 程42 魏41 苏40 吕39 丁38 任37 卢36 姚35 沈34 钟33 姜32 "
    "崔31 谭30 陆29 范28 汪27 廖26 石25 金25 韦24 贾24 夏23 付23 方22 邹22 熊21 白21 孟20 秦20"
)
# the tail shares the rest evenly
_RARE_SURNAMES = (
    "邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文洪樊兰殷施翟颜倪葛俞鲁柯梅"
)
SURNAMES = (
    *((word[0], int(word[1:])) for word in _COMMON_SURNAMES.split()),
    *((surname, 14) for surname in _RARE_SURNAMES),
    ("欧阳", 10),
    ("上官", 4),
)

GIVEN_FIRST = (
    "志建国文明晓小海春秋永玉俊家成德立军少宏伟学金云雪思子天佳雨嘉一宇泽欣淑秀丽美红卫东新正光振长景瑞"
)
GIVEN_SECOND = (
    "华明军平强伟杰辉峰勇斌涛亮刚健鹏飞龙磊波超凯宁林东生民芳敏静丽娟霞玲燕梅萍红艳洁琳颖慧婷欣怡然轩涵博"
)
GIVEN_SINGLE = (
    "伟强磊军勇涛杰敏静丽洋艳娟超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢佳倩瑶琳颖洁雪晶婷慧岩"
)

STYLE_FIRST = (
    "鑫华恒瑞德盛隆兴福泰永天金宏信诚安佳嘉汇顺康润泽博远创明智云海江澜中联众优锦凯百万正同和利祥旺裕"
    "丰益源立新景晟翰弘昊启星月春晨宝富民广"
)
STYLE_SECOND = (
    "源达鑫盛泰丰隆通顺诚和发华昌辉荣茂腾飞宇航科邦康宁乐美佳悦盈瑞祥兴旺捷硕凡朗格林山川洋峰阳光程威"
    "力元尔思图景逸辰禾谷嘉"
)
STYLE_THIRD = "尔斯特美佳利达安"
_NICKNAMES = (
    "阿强 阿明 阿珍 小芳 小燕 晓燕 晓峰 大海 老张 老李 老王 老陈 老周 胖嫂 三妹 二哥 外婆 姐妹 兄弟 "
    "邻里 好街坊 家家乐 万家福 天天鲜 好邻居 一品香 福满堂 聚友 金手指 新时尚 小城故事 味之源 来来 "
    "喜洋洋 缘来 半亩田"
)
NICKNAMES = tuple(_NICKNAMES.split())

TRADES = (
    _trade(
        118,
        9,
        "餐饮管理 餐饮服务",
        "饭店 面馆 小吃店 快餐店 早餐店 酒楼 火锅店 烧烤店 麻辣烫店 土菜馆 奶茶店 包子铺",
    ),
    _trade(
        112,
        9,
        "商贸 超市管理 食品销售",
        "便利店 百货店 超市 副食店 烟酒店 水果店 粮油店 土特产店 蔬菜店 水产摊 小卖部",
    ),
    _trade(
        40,
        4,
        "食品 食品加工 农副产品加工 水产食品 粮油 酿造 豆制品",
        "豆制品加工坊 糕点坊 榨油坊 酒坊 卤味店",
    ),
    _trade(28, 5, "大药房 医药 医疗器械 大药房连锁", "药店 医疗器械经营部 中药材店 保健品店"),
    _trade(62, 8, "服饰 服装 针纺织品 制衣 鞋业", "服装店 鞋店 童装店 内衣店 布店 裁缝店 箱包店"),
    _trade(
        58,
        5,
        "建材 装饰材料 钢材贸易 水泥制品 门窗 陶瓷",
        "建材经营部 五金店 门窗店 瓷砖店 油漆店 灯具店 石材经营部",
    ),
    _trade(
        64,
        1,
        "机械制造 精密机械 机电设备 自动化设备 金属制品 模具 铸造 船舶配件 轴承",
        "机械配件加工厂 五金加工厂 铸件厂 模具加工店",
    ),
    _trade(34, 2, "纺织 家用纺织品 印染 化纤 绣品", "针织厂 绣品厂 家纺店"),
    _trade(18, 1, "化工 化工贸易 新材料 涂料 精细化工 气体 日用化学品", "化工经营部"),
    _trade(8, 6, "烟花爆竹 民用爆破器材", "烟花爆竹店 鞭炮零售店"),
    _trade(42, 2, "物流 运输 货运代理 供应链管理 仓储 冷链物流", "货运部 快递服务部 搬家服务部"),
    _trade(64, 1, "科技 信息技术 软件 网络科技 电子商务 智能科技 电子科技 数字科技", "电脑经营部 手机店"),
    _trade(46, 1, "企业管理咨询 商务咨询 财务咨询 知识产权代理 信息咨询 投资管理", "复印店"),
    _trade(16, 2, "房地产开发 置业 房地产经纪", "房产中介店"),
    _trade(18, 2, "物业管理 物业服务 保洁服务 保安服务", "家政服务部"),
    _trade(42, 1, "建设工程 建筑工程 市政工程 园林绿化工程 机电安装工程 消防工程 电梯工程", "水电安装部"),
    _trade(26, 3, "装饰工程 装潢设计 家居", "装潢店 家具店 窗帘店 橱柜店"),
    _trade(
        38,
        7,
        "汽车销售服务 汽车维修 汽车配件 检测",
        "汽车维修部 洗车店 轮胎店 摩托车修理店 电动车店 汽车美容店",
    ),
    _trade(22, 1, "教育科技 教育培训 文化艺术培训 驾驶员培训 职业培训", "文具店 书店 托管服务部"),
    _trade(14, 1, "旅行社 旅游开发 文化传媒 影视文化 会展服务", "照相馆 票务代理店"),
    _trade(22, 6, "酒店管理 宾馆 大酒店", "宾馆 旅馆 招待所 民宿 客栈"),
    _trade(12, 6, "网络服务 文化娱乐 健身服务", "网吧 棋牌室 健身房 台球室 歌舞厅"),
    _trade(36, 9, "美容美发 健康管理 生活服务", "理发店 美容院 美甲店 足浴店 养生馆 干洗店"),
    _trade(18, 3, "农业发展 农业科技 生态农业 水产养殖 种业 农业机械", "农资店 种子店 渔具店 养殖场 苗圃"),
    _trade(10, 1, "劳务派遣 人力资源 劳务", "职业介绍所"),
    _trade(14, 1, "广告 广告传媒 包装 印刷 印务", "广告设计店 打印店"),
    _trade(8, 3, "医院管理 口腔门诊部 养老服务 康复护理", "诊所 口腔诊所 中医诊所 宠物店"),
    _trade(10, 5, "再生资源 环保科技 环境工程 资源回收", "废品回收站 旧货店"),
)

COMPANY_FORMS = (("有限公司", 86), ("有限责任公司", 9), ("股份有限公司", 2), ("集团有限公司", 1))
CROPS = ("蔬菜", "水稻", "茶叶", "葡萄", "花卉", "生猪", "家禽", "对虾", "紫菜", "柑橘", "中药材", "食用菌")
COOPERATIVE_FORM = "专业合作社"

# invented sellers of fuel; the real ones' names are trade marks
FUEL_COMPANIES = ("澜海石油", "东屿能源", "屿海石化", "沙棠油品", "青浔能源")
PETROL_STATION = "加油站"

GROUNDS = (("kinship", 5), ("former_employer", 4), ("shareholding", 2))
PAIR_GROUNDS = (("kinship", 1), ("former_colleague", 1))
