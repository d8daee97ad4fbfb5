"""Three hundred made-up agencies with names as real ones have them, for whatever must serve many: governments, bureaus, subdistricts.

The places are real, for whoever searches types real ones; their reports are not, and no site has them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from open_reports.derived.search import Office
from open_reports.form import forms
from open_reports.text import Text

if TYPE_CHECKING:
    from open_reports.derived.search import Catalogue

YEARS = tuple(range(2019, 2026))
COUNT = 300
CITIES = {
    "ningbo": ("浙江省", "宁波市", "Ningbo", ("海曙区", "Haishu"), ("鄞州区", "Yinzhou"), ("慈溪市", "Cixi")),
    "changchun": ("吉林省", "长春市", "Changchun", ("朝阳区", "Chaoyang"), ("南关区", "Nanguan"), ("德惠市", "Dehui")),
    "xiamen": ("福建省", "厦门市", "Xiamen", ("思明区", "Siming"), ("湖里区", "Huli"), ("同安区", "Tong'an")),
    "chengdu": ("四川省", "成都市", "Chengdu", ("武侯区", "Wuhou"), ("锦江区", "Jinjiang"), ("都江堰市", "Dujiangyan")),
    "qingdao": ("山东省", "青岛市", "Qingdao", ("崂山区", "Laoshan"), ("黄岛区", "Huangdao"), ("胶州市", "Jiaozhou")),
    "aba": (
        "四川省",
        "阿坝藏族羌族自治州",
        "Aba Tibetan and Qiang Autonomous Prefecture",
        ("马尔康市", "Barkam"),
        ("汶川县", "Wenchuan"),
        ("茂县", "Mao"),
    ),
    "suzhou": ("江苏省", "苏州市", "Suzhou", ("姑苏区", "Gusu"), ("昆山市", "Kunshan"), ("常熟市", "Changshu")),
    "chongqing": ("重庆市", "重庆市", "Chongqing", ("渝中区", "Yuzhong"), ("綦江区", "Qijiang"), ("涪陵区", "Fuling")),
    "guilin": ("广西壮族自治区", "桂林市", "Guilin", ("秀峰区", "Xiufeng"), ("阳朔县", "Yangshuo"), ("龙胜各族自治县", "Longsheng")),
    "kashgar": ("新疆维吾尔自治区", "喀什地区", "Kashgar", ("疏附县", "Shufu"), ("莎车县", "Yarkand"), ("伽师县", "Payzawat")),
}
DUTIES = {
    "police": ("公安局", "Public Security Bureau"),
    "health": ("卫生健康委员会", "Health Commission"),
    "market": ("市场监督管理局", "Market Supervision Administration"),
    "reform": ("发展和改革委员会", "Development and Reform Commission"),
    "labour": ("人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    "housing": ("住房和城乡建设局", "Housing and Urban-Rural Development Bureau"),
    "education": ("教育局", "Education Bureau"),
    "land": ("自然资源和规划局", "Natural Resources and Planning Bureau"),
}
STREETS = {"zhongshan": ("中山路街道办事处", "Zhongshanlu Subdistrict Office"), "jiefang": ("解放街道办事处", "Jiefang Subdistrict Office")}


def made() -> tuple[Office, ...]:
    """The agencies, in the order of a library: city, its bureaus, its districts with theirs."""
    kinds = forms().common.kinds
    found: list[Office] = []

    def add(id_: str, name: Text, kind: str, region: str, parent: str | None) -> None:
        number = len(found)
        years = YEARS[number % 3 :]
        figures = tuple(((number * 7 + year) % 480, (number + year) % 97, 0, 0, 0) for year in years)
        found.append(Office(id_, name, kinds[kind], region, parent, years, figures=figures))

    for id_, (province, city, name, *districts) in CITIES.items():
        add(id_, Text(zh=f"{city}人民政府", en=f"{name} Municipal People's Government"), "city", province, None)
        for duty, (zh, en) in DUTIES.items():
            add(f"{id_}-{duty}", Text(zh=city + zh, en=f"{name} {en}"), "department", province + city, id_)
        for zh_name, en_name in districts:
            place, own = city + zh_name, f"{id_}-{en_name.lower().replace(chr(39), '')}"
            add(own, Text(zh=f"{place}人民政府", en=f"People's Government of {en_name}, {name}"), "district", province + city, id_)
            for duty, (zh, en) in list(DUTIES.items())[:4]:
                add(f"{own}-{duty}", Text(zh=place + zh, en=f"{en_name} {en}, {name}"), "department", province + place, own)
            for street, (zh, en) in STREETS.items():
                add(f"{own}-{street}", Text(zh=place + zh, en=f"{en} of {en_name}, {name}"), "subdistrict", province + place, own)
    assert len(found) == COUNT, len(found)
    return tuple(found)


def among(whole: Catalogue) -> Catalogue:
    """A catalogue with the made-up agencies behind its own."""
    return replace(whole, offices=(*whole.offices, *made()))
