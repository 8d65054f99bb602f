"""Writes a text the six ways people hide it, on purpose or by accident, always the same way for the same text.

Every disguise changes the text and leaves it readable to a person. None needs chance: where one place must be
chosen among many, a checksum of the text chooses. The tables are our own.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final
from zlib import crc32


def _pairs(table: str) -> dict[str, str]:
    """A table written as pairs of characters, as a mapping of the first to the second."""
    return dict(zip(table[::2], table[1::2], strict=True))


# The simplified characters that occur in our examples, and below them, row for row, their traditional forms.
_SIMPLIFIED: Final = (
    "万与专业丛东丝丢两严丧个临为举么乐习乡书买于产亲从仓仪们价优会传伤体余侬债偿儿关兴养内写农冲决况冻净"
    "凉减几凤凶划刘刚删别刹剑剧劝办务动劲劳区医华协单卖卧卫厂厉压厕参双发台号后吓吗听启呗员响哑哗喽嘱噜团"
    "园围国图圆场坏块坛坟坠墙声壳处备复够头夸夹奖妇妈孙学宝实审对寻导寿将尔尘尴尸尽层屉属岁岗帅师带帮干广"
    "庆库应废开异张弹强归当录征怀态总恋恶悬惊惨惯愿戏战户托执扫扰抚抠抡抢护报担拟拣拦拧择挂挣捞损换据揽摄"
    "摆撑攒数斋斩断无旧时旷晒晓晕术机杀条来极柜标栋栏树样桥桩梦检楼欧残殡毁气汇汉没泪泼洒测涨渐温溅滚满潜"
    "灭灯灵灾炉点烂烛烟烦烧烫热爱爷牵牺状狮狱猪猫献环现电画疗疯痒瘾盐监盖盘着睁矫矿码砖确礼祸离种积稳竞笔"
    "笼签简粮紧红约级纪纯纸线练组终经绑绒结给绝统继绩续绳绿编缝缴网罗罚罢羡聋职联肾肿胁胶脏脑脚脱脸腊腻节"
    "苹荐药萝萨虫蛳蜡补装见观规觅视觉触计认讨让训议记讲许论设访证评识诉诊词试诗话询该误说诵诶请读课谁调谈"
    "谢谣谱财败账货质贩贴贷费资赌赔赘赛赞赢赶踪车轧轨转轮软轻载辅辈辑输辞边迁过迈运还这进远违连迟适选递遗"
    "邮邻郁酱释里鉴钝钟钥钮钱铁铃银铺链销锁锅错锤锦键锹长门闪闭问闯间闷闸闹闺闻阎阑队阳阵际陈险随难静页顶"
    "项须顾顿预领颈频颗题额风飞饭饼饿馆馋馒马驶驾骂验骑骗骚鱼鲤鸡黄龙龟"
)
_TRADITIONAL: Final = (
    "萬與專業叢東絲丟兩嚴喪個臨為舉麼樂習鄉書買於產親從倉儀們價優會傳傷體餘儂債償兒關興養內寫農衝決況凍淨"
    "涼減幾鳳兇劃劉剛刪別剎劍劇勸辦務動勁勞區醫華協單賣臥衛廠厲壓廁參雙發臺號後嚇嗎聽啟唄員響啞嘩嘍囑嚕團"
    "園圍國圖圓場壞塊壇墳墜牆聲殼處備復夠頭誇夾獎婦媽孫學寶實審對尋導壽將爾塵尷屍盡層屜屬歲崗帥師帶幫幹廣"
    "慶庫應廢開異張彈強歸當錄徵懷態總戀惡懸驚慘慣願戲戰戶託執掃擾撫摳掄搶護報擔擬揀攔擰擇掛掙撈損換據攬攝"
    "擺撐攢數齋斬斷無舊時曠曬曉暈術機殺條來極櫃標棟欄樹樣橋樁夢檢樓歐殘殯毀氣匯漢沒淚潑灑測漲漸溫濺滾滿潛"
    "滅燈靈災爐點爛燭煙煩燒燙熱愛爺牽犧狀獅獄豬貓獻環現電畫療瘋癢癮鹽監蓋盤著睜矯礦碼磚確禮禍離種積穩競筆"
    "籠簽簡糧緊紅約級紀純紙線練組終經綁絨結給絕統繼績續繩綠編縫繳網羅罰罷羨聾職聯腎腫脅膠髒腦腳脫臉臘膩節"
    "蘋薦藥蘿薩蟲螄蠟補裝見觀規覓視覺觸計認討讓訓議記講許論設訪證評識訴診詞試詩話詢該誤說誦誒請讀課誰調談"
    "謝謠譜財敗賬貨質販貼貸費資賭賠贅賽贊贏趕蹤車軋軌轉輪軟輕載輔輩輯輸辭邊遷過邁運還這進遠違連遲適選遞遺"
    "郵鄰鬱醬釋裡鑑鈍鐘鑰鈕錢鐵鈴銀鋪鏈銷鎖鍋錯錘錦鍵鍬長門閃閉問闖間悶閘鬧閨聞閻闌隊陽陣際陳險隨難靜頁頂"
    "項須顧頓預領頸頻顆題額風飛飯餅餓館饞饅馬駛駕罵驗騎騙騷魚鯉雞黃龍龜"
)
_SCRIPT: Final = str.maketrans(_SIMPLIFIED, _TRADITIONAL)

# Words in which a character takes another form than it does alone.
_SCRIPT_WORDS: Final[Mapping[str, str]] = {
    "干干净净": "乾乾淨淨", "干净": "乾淨", "干脆": "乾脆", "饼干": "餅乾", "干预": "干預", "干扰": "干擾",
    "准备": "準備", "标准": "標準", "老板": "老闆", "头发": "頭髮", "公里": "公里", "心脏": "心臟",
    "轻松": "輕鬆", "一只": "一隻", "舍不得": "捨不得", "复杂": "複雜", "存折": "存摺", "系好": "繫好",
    "关系": "關係", "老周": "老周", "面条": "麵條", "方便面": "方便麵", "强奸": "強姦", "游戏": "遊戲",
    "家伙": "傢伙", "天台": "天台", "周五": "週五", "周末": "週末", "上周": "上週", "下周": "下週",
}  # fmt: skip

# Words as they are written to get past a filter, or by somebody who cannot bear to write them out.
_SOUND_WORDS: Final[Mapping[str, str]] = {
    "自杀": "紫砂", "自殺": "紫砂", "轻生": "青笙", "跳楼": "跳lou", "跳下去": "跳xia去", "割腕": "歌碗",
    "割手": "割shou", "上吊": "上diao", "遗书": "yi书", "遗言": "yi言", "安眠药": "安眠yao", "农药": "农yao",
    "去死": "去4", "想死": "想4", "寻死": "寻s", "寻短见": "寻短jian", "不想活": "布想货",
    "活不下去": "活bu下去", "不想待": "bu想待", "结束": "节束", "解脱": "姐脱", "一了百了": "一liao百liao",
    "再见": "再jian", "来世": "来shi", "下辈子": "下被子", "消失": "消shi", "活腻": "货腻", "活够": "货够",
    "没意思": "没yi思", "存在": "存zai", "收尸": "收诗", "xiang si": "想4", "zisha": "紫砂",
    "bu xiang huo": "布想货", "never wake": "nevr weik", "yao": "要", "without pain": "no pein",
    "want to kill": "wanna kil", "jump": "jamp", "goodbye": "gudbai", "dont want": "donwanna", "emo": "e莫",
}  # fmt: skip

# One character for one of the same or nearly the same sound; the left of each pair is what is replaced.
_TELLING_SOUNDS: Final[Mapping[str, str]] = _pairs(
    "死4杀沙割歌腕碗跳挑楼喽药要绳升刀叨血雪桥瞧江姜河和吊钓遗宜命名活货走奏撑称累类伤商划滑烧捎炭碳尸诗坟焚顶鼎"
    "栏拦井景煤没瓶平睡税醒形永勇废费疼腾痛桶尽劲吞屯悬玄崖牙轨鬼埋霾葬藏恨狠拖托熬敖湖胡投头"
)
_COMMON_SOUNDS: Final[Mapping[str, str]] = _pairs(
    "我窝不布的滴了辽在再想响是系今金晚碗没莓你泥好郝人仁去趣下夏会慧这着那哪就旧都兜也野还环他塔她它有友"
    "家佳手守天添来莱说硕到道谢泻再在对队起气老佬怕帕心新门们后厚水税风丰哭枯冷楞见剑世事先仙生声"
    "被贝公工业叶关官期七条调周舟报抱管馆"
)
# One character for one that looks like it, or for its two halves.
_TELLING_SHAPES: Final[Mapping[str, str]] = {
    "死": "歹匕", "杀": "刹", "殺": "刹", "自": "白", "割": "害刂", "腕": "月宛", "跳": "足兆", "楼": "木娄",
    "药": "艹约", "绳": "纟黾", "刀": "刁", "血": "皿", "桥": "木乔", "江": "氵工", "河": "氵可", "吊": "口巾",
    "活": "氵舌", "走": "赱", "别": "另刂", "结": "纟吉", "束": "朿", "消": "氵肖", "失": "矢", "疼": "疒冬",
    "痛": "疒甬", "轻": "车圣", "撑": "扌掌", "划": "戈刂", "烧": "火尧", "顶": "丁页", "栏": "木兰",
    "井": "丼", "煤": "火某", "瓶": "并瓦", "睡": "目垂", "醒": "酉星", "永": "氷", "累": "田糸", "命": "侖",
    "吞": "天口", "崖": "山厓", "轨": "车九", "埋": "土里", "恨": "忄艮", "投": "扌殳", "湖": "氵胡",
    "熬": "敖灬", "尸": "户", "辈": "非车", "遗": "贵辶",
}  # fmt: skip
_COMMON_SHAPES: Final[Mapping[str, str]] = {
    "我": "找", "不": "丕", "的": "旳", "了": "孒", "在": "茬", "想": "相心", "今": "令", "晚": "日免",
    "没": "氵殳", "人": "入", "来": "耒", "下": "卞", "是": "昰", "好": "女子", "天": "夭", "就": "京尤",
    "你": "伱", "们": "亻门", "他": "亻也", "她": "女也", "说": "讠兑", "去": "厺", "个": "亇", "到": "刭",
    "都": "者阝", "也": "乜", "这": "辶文", "还": "辶不", "妈": "女马", "己": "已", "手": "毛", "老": "耂匕",
    "谢": "讠射", "世": "卋", "先": "兂", "冷": "泠", "水": "氺", "风": "凤", "被": "衤皮", "公": "八厶",
    "条": "夂木", "周": "冂吉", "期": "其月", "管": "竹官", "报": "扌艮", "i": "1", "I": "l", "o": "0",
    "a": "@", "e": "3", "l": "1",
}  # fmt: skip

_TELLING: Final = frozenset(_TELLING_SOUNDS) | frozenset(_TELLING_SHAPES) | frozenset("书")
_EMOJI: Final = ("😶", "🌙", "💧", "🥀", "🍂", "🙂")
_STRAY: Final = "hjknmgu"


def traditional(text: str) -> str:
    """The text in traditional script; one that is the same in both scripts gets the corner brackets of the other."""
    written = _worded(text, _SCRIPT_WORDS, lambda rest: rest.translate(_SCRIPT))
    return written if written != text else f"「{text}」"


def spaced(text: str) -> str:
    """The text with a space between any two characters."""
    return " ".join(text)


def homophone(text: str) -> str:
    """The text with its telling words written as they sound; where it has none, every second common character."""
    written = _worded(text, _SOUND_WORDS, lambda rest: _TELLING_SOUNDS.get(rest, rest))
    return written if written != text else _every_second(text, _COMMON_SOUNDS)


def near_shape(text: str) -> str:
    """The text with its telling characters written by look-alikes; where it has none, every second common one."""
    written = "".join(_TELLING_SHAPES.get(sign, sign) for sign in text)
    return written if written != text else _every_second(text, _COMMON_SHAPES)


def emoji_inside(text: str) -> str:
    """The text with a small picture between each telling character and the one before it, or at every third place."""
    places = [at for at in range(1, len(text)) if text[at] in _TELLING]
    places = places or list(range(1, len(text), 3))
    first = crc32(text.encode())
    pictures = {at: _EMOJI[(first + turn) % len(_EMOJI)] for turn, at in enumerate(places)}
    return "".join(pictures.get(at, "") + sign for at, sign in enumerate(text))


def two_typos(text: str) -> str:
    """The text with two slips of the thumb: a wrong candidate, a swap, a key hit twice, a stray or a lost letter."""
    letters = [at for at, sign in enumerate(text) if sign.isalnum()]
    chance = crc32(text.encode())
    first = chance % len(letters)
    second = (first + 1 + (chance >> 8) % max(1, len(letters) - 1)) % len(letters)
    signs = list(text)
    for turn, at in enumerate(sorted((letters[first], letters[second]), reverse=True)):
        _slip(signs, at, (chance >> (12 + 6 * turn)) % 64)
    return "".join(signs)


def _slip(signs: list[str], at: int, chance: int) -> None:
    """Makes one slip at a place; a letter is left out only of a text long enough to be read without it."""
    sign = signs[at]
    after = signs[at + 1] if at + 1 < len(signs) else sign
    wrong = _TELLING_SOUNDS.get(sign) or _COMMON_SOUNDS.get(sign)
    kind = chance % 4
    if kind == 0 and wrong:
        signs[at] = wrong
    elif kind < 2 and after.isalnum() and after != sign:
        signs[at : at + 2] = [after, sign]
    elif kind == 2:
        signs.insert(at + 1, _STRAY[chance % len(_STRAY)])
    elif kind == 3 and len(signs) > 12:
        del signs[at]
    else:
        signs.insert(at, sign)


def _every_second(text: str, signs: Mapping[str, str]) -> str:
    """The text with the first, third, fifth … of the characters found in a table replaced, so that it can be read."""
    places = [at for at, sign in enumerate(text) if sign in signs][::2]
    return "".join(signs[sign] if at in places else sign for at, sign in enumerate(text))


def _worded(text: str, words: Mapping[str, str], otherwise: Callable[[str], str]) -> str:
    """The text with the words of a table replaced, the longest first, and the rest written by the other rule."""
    either = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)) + "|.", re.DOTALL)
    return either.sub(lambda found: words.get(found[0]) or otherwise(found[0]), text)


DISGUISES: Final[Mapping[str, Callable[[str], str]]] = {
    "traditional": traditional,
    "spaced": spaced,
    "homophone": homophone,
    "near_shape": near_shape,
    "emoji_inside": emoji_inside,
    "two_typos": two_typos,
}
