"""How characters are read in names: surnames, surnames of two characters, and given names.

``SURNAMES`` are those whose reading a character dictionary does not give first, or not surely. Readings are written
with tone numbers, ``v`` for ü, the usual one first; a second one is given where families differ (覃 is Qín in Guangxi
and Tán elsewhere). Sources: 《现代汉语词典》 7th edition and 《通用规范汉字字典》, entries marked 姓. Readings that both
reject are still found by search, because every reading of the dictionary is indexed as well.
"""

from typing import Final

SURNAMES: Final[dict[str, tuple[str, ...]]] = {
    "单": ("shan4",), "曾": ("zeng1",), "仇": ("qiu2",), "解": ("xie4",), "查": ("zha1",), "区": ("ou1",),
    "覃": ("qin2", "tan2"), "盖": ("ge3", "gai4"), "朴": ("piao2",), "任": ("ren2",), "华": ("hua4",),
    "纪": ("ji3", "ji4"),
    "燕": ("yan1",), "尉": ("wei4", "yu4"), "宓": ("mi4", "fu2"), "缪": ("miao4",), "乐": ("yue4", "le4"),
    "召": ("shao4",),
    "种": ("chong2",), "翟": ("zhai2", "di2"), "宁": ("ning4", "ning2"), "甯": ("ning4",), "哈": ("ha3",),
    "黑": ("hei1", "he4"),
    "洗": ("xian3",), "冼": ("xian3",), "逄": ("pang2",), "卜": ("bu3",), "柏": ("bai3", "bo2"), "薄": ("bo2",),
    "秘": ("bi4",), "费": ("fei4", "bi4"), "贲": ("ben1",), "邴": ("bing3",), "不": ("fou1",), "晁": ("chao2",),
    "车": ("che1",), "谌": ("chen2", "shen4"), "盛": ("sheng4",), "褚": ("chu3",), "啜": ("chuai4",),
    "都": ("du1",), "堵": ("du3",), "冯": ("feng2",), "干": ("gan1",), "葛": ("ge3",), "句": ("gou1",),
    "勾": ("gou1",), "过": ("guo1",), "炅": ("gui4",), "妫": ("gui1",), "郝": ("hao3",), "和": ("he2",),
    "郇": ("xun2", "huan2"),
    "阚": ("kan4",), "郏": ("jia2",), "贾": ("jia3",), "降": ("jiang4",), "强": ("qiang2", "jiang4"), "焦": ("jiao1",),
    "靳": ("jin4",), "咎": ("jiu4",), "鞠": ("ju1",), "隽": ("juan4", "jun4"), "瞿": ("qu2",), "阙": ("que1",),
    "蒯": ("kuai3",),
    "隗": ("wei3", "kui2"), "冷": ("leng3",), "令": ("ling2",), "隆": ("long2",), "娄": ("lou2",), "逯": ("lu4",),
    "麦": ("mai4",),
    "闵": ("min3",), "牟": ("mu4", "mou2"), "那": ("na1",), "能": ("nai4",), "倪": ("ni2",), "粘": ("nian2",),
    "乜": ("nie4",),
    "欧": ("ou1",), "庞": ("pang2",), "彭": ("peng2",), "邳": ("pi1",), "便": ("pian2",), "繁": ("po2",),
    "蒲": ("pu2",), "濮": ("pu2",), "溥": ("pu3",), "戚": ("qi1",), "亓": ("qi2",), "郄": ("qie4", "xi4"),
    "曲": ("qu1",), "屈": ("qu1",), "权": ("quan2",), "冉": ("ran3",), "撒": ("sa3",), "沙": ("sha1",),
    "佘": ("she2",),
    "折": ("she2",), "舍": ("she4",), "厍": ("she4",), "莘": ("shen1", "xin1"), "沈": ("shen3",), "石": ("shi2",),
    "殳": ("shu1",),
    "帅": ("shuai4",), "眭": ("sui1",), "隋": ("sui2",), "宿": ("su4",), "邰": ("tai2",),
    "镡": ("tan2", "chan2", "xin2"),
    "遆": ("ti2",), "仝": ("tong2",), "钭": ("tou3",), "万": ("wan4",), "韦": ("wei2",), "魏": ("wei4",),
    "郗": ("xi1", "chi1"),
    "相": ("xiang4", "xiang1"), "肖": ("xiao1", "xiao4"), "颉": ("xie2", "jie2"),
    "行": ("xing2",), "胥": ("xu1",), "许": ("xu3",), "旋": ("xuan2",), "鄢": ("yan1",), "阎": ("yan2",),
    "幺": ("yao1",),
    "么": ("yao1",), "叶": ("ye4",), "应": ("ying1",), "余": ("yu2",), "於": ("yu1",), "俞": ("yu2",), "喻": ("yu4",),
    "员": ("yun4",),
    "郧": ("yun2",), "恽": ("yun4",), "昝": ("zan3",), "臧": ("zang1",), "祭": ("zhai4",), "占": ("zhan1",),
    "仉": ("zhang3",), "长": ("chang2",), "甄": ("zhen1",), "祝": ("zhu4",), "禚": ("zhuo2",), "卓": ("zhuo2",),
    "訾": ("zi1", "zi3"), "俎": ("zu3",), "适": ("kuo4", "shi4"), "汤": ("tang1",), "呙": ("guo1",), "撖": ("han4",),
    "邸": ("di3",),
    "邝": ("kuang4",), "辜": ("gu1",), "佴": ("nai4",), "谷": ("gu3",), "涂": ("tu2",), "芦": ("lu2",), "吴": ("wu2",),
    "曹": ("cao2",), "夏": ("xia4",), "熊": ("xiong2",), "重": ("chong2", "zhong4"), "泥": ("ni2",),
    "笮": ("ze2", "zuo2"), "郜": ("gao4",),
}  # fmt: skip

#: Surnames of two characters → their readings, syllables divided by a space.
COMPOUND: Final[dict[str, tuple[str, ...]]] = {
    "尉迟": ("yu4 chi2",), "万俟": ("mo4 qi2",), "令狐": ("ling2 hu2",), "长孙": ("zhang3 sun1",),
    "单于": ("chan2 yu2",),
    "欧阳": ("ou1 yang2",), "区阳": ("ou1 yang2",), "上官": ("shang4 guan1",), "司马": ("si1 ma3",),
    "司徒": ("si1 tu2",),
    "司空": ("si1 kong1",), "司寇": ("si1 kou4",), "诸葛": ("zhu1 ge3",), "皇甫": ("huang2 fu3",),
    "夏侯": ("xia4 hou2",),
    "公孙": ("gong1 sun1",), "慕容": ("mu4 rong2",), "宇文": ("yu3 wen2",), "钟离": ("zhong1 li2",),
    "鲜于": ("xian1 yu2",),
    "闻人": ("wen2 ren2",), "东方": ("dong1 fang1",), "东郭": ("dong1 guo1",), "东门": ("dong1 men2",),
    "南宫": ("nan2 gong1",),
    "南门": ("nan2 men2",), "西门": ("xi1 men2",), "独孤": ("du2 gu1",), "赫连": ("he4 lian2",),
    "澹台": ("tan2 tai2",),
    "太叔": ("tai4 shu1",), "申屠": ("shen1 tu2",), "公羊": ("gong1 yang2",), "公冶": ("gong1 ye3",),
    "公良": ("gong1 liang2",),
    "公西": ("gong1 xi1",), "宗政": ("zong1 zheng4",), "濮阳": ("pu2 yang2",), "淳于": ("chun2 yu2",),
    "轩辕": ("xuan1 yuan2",),
    "端木": ("duan1 mu4",), "百里": ("bai3 li3",), "呼延": ("hu1 yan2",), "左丘": ("zuo3 qiu1",),
    "谷梁": ("gu3 liang2",),
    "拓跋": ("tuo4 ba2",), "完颜": ("wan2 yan2",), "纳兰": ("na4 lan2",), "乐正": ("yue4 zheng4",),
    "宰父": ("zai3 fu3",),
    "亓官": ("qi2 guan1",), "仲孙": ("zhong4 sun1",), "子车": ("zi3 ju1",), "颛孙": ("zhuan1 sun1",),
    "巫马": ("wu1 ma3",),
    "漆雕": ("qi1 diao1",), "壤驷": ("rang3 si4",), "夹谷": ("jia2 gu3",), "段干": ("duan4 gan1",),
    "羊舌": ("yang2 she2",),
    "微生": ("wei1 sheng1",), "梁丘": ("liang2 qiu1",), "达奚": ("da2 xi1",), "褚师": ("chu3 shi1",),
    "叱干": ("chi4 gan1",),
    "屈突": ("qu1 tu1",), "贺兰": ("he4 lan2",), "贺若": ("he4 ruo4",), "耶律": ("ye1 lv4",), "萨孤": ("sa4 gu1",),
    "第五": ("di4 wu3",), "哥舒": ("ge1 shu1",), "斛律": ("hu2 lv4",), "宿勤": ("su4 qin2",),
}  # fmt: skip

#: Characters whose usual reading inside a given name is not the first one of the dictionary.
GIVEN: Final[dict[str, str]] = {
    "媛": "yuan2", "卜": "bu3", "子": "zi3", "晟": "sheng4", "少": "shao4", "长": "chang2", "勒": "le4", "为": "wei2",
    "调": "tiao2",
    "着": "zhuo2", "几": "ji1", "地": "di4", "得": "de2", "了": "liao3", "还": "huan2", "斗": "dou3", "都": "du1",
}  # fmt: skip
