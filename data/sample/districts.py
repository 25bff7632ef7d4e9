"""Places of the sample city 临澜市: its districts, streets, departments. All invented.

The division codes have the form of GB/T 2260 but stand in 39xxxx, a block that no province has (East China
ends with 37, Central-South China begins with 41), so that no code of the sample is a real place's.
"""

from typing import NamedTuple


class District(NamedTuple):
    """A district or county (区县) of the city."""

    code: str
    name: str


class Department(NamedTuple):
    """A department (部门) that inspects."""

    code: str
    name: str


class Post(NamedTuple):
    """How many inspectors a department has, and what a part of them may do beside leading (专业资格)."""

    department: Department
    inspectors: int
    speciality: str


CITY_NAME = "临澜市"

DISTRICTS = (
    District("390102", "澜江区"),
    District("390103", "望潮区"),
    District("390104", "青浔区"),
    District("390105", "云埠区"),
    District("390106", "白鹭洲区"),
    District("390122", "石澜县"),
    District("390123", "双屿县"),
    District("390181", "沙棠市"),
)

# of 100 businesses, how many each district registers; inspectors live where the businesses are
DISTRICTS_BY_WEIGHT = tuple(zip(DISTRICTS, (21, 18, 15, 12, 10, 7, 6, 11), strict=True))

# a farmers' cooperative is registered where there are farms
RURAL = frozenset({"390122", "390123", "390181"})

POSTS = (
    Post(Department("AMR", "临澜市市场监督管理局"), 96, "special-equipment"),
    Post(Department("FIRE", "临澜市消防救援支队"), 40, "safety"),
    Post(Department("EM", "临澜市应急管理局"), 36, "safety"),
    Post(Department("PS", "临澜市公安局"), 32, "safety"),
    Post(Department("HOUSING", "临澜市住房和城乡建设局"), 28, "safety"),
    Post(Department("TRANSPORT", "临澜市交通运输局"), 28, "safety"),
    Post(Department("ECOLOGY", "临澜市生态环境局"), 26, "sampling"),
    Post(Department("HEALTH", "临澜市卫生健康委员会"), 24, "sampling"),
    Post(Department("CULTURE", "临澜市文化广电和旅游局"), 18, "safety"),
    Post(Department("EDU", "临澜市教育局"), 16, "safety"),
    Post(Department("HRSS", "临澜市人力资源和社会保障局"), 16, "safety"),
    Post(Department("COMMERCE", "临澜市商务局"), 16, "safety"),
    Post(Department("URBAN", "临澜市城市管理局"), 14, "safety"),
    Post(Department("NATRES", "临澜市自然资源和规划局"), 10, "surveying"),
)

# roads and quarters: sites of petrol stations and of branches
_SITES = (
    "城北 城南 城东 城西 江滨大道 望潮路 青浔大道 云埠港 临港 南桥 北桥 西桥 环城东路 环城西路 "
    "迎宾大道 人民路 解放路 建设路 滨海大道 港区 开发区 高新区 火车站 高铁站 机场路 农贸城 物流园 "
    "大学城 老街 新桥 长堤 南埠 北渡 东塘 西塘 柳湾 荷塘 渔港 茶亭 沙咀"
)
SITES = tuple(_SITES.split())
