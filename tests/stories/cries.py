"""What people in danger write in these stories, and what is the right answer to it."""

from dataclasses import dataclass

CRY = "我站在楼顶，马上就跳下去"
LEFT_PHONE = "13911112222"


@dataclass(frozen=True)
class Right:
    """The right answer to a line: the numbers it names, the first of them first; what it says; what is raised."""

    first: str
    numbers: frozenset[str]
    says: str
    kind: str


RIGHT = {
    "我同事说想跳": Right("12356", frozenset({"12356", "110", "120"}), "三件|请回电", ""),
    "他又打我了": Right("110", frozenset({"110", "12338", "12351"}), "你没有错|离那个人远|做错了什么", "violence"),
    "我要杀了他": Right("110", frozenset({"110", "120", "12356"}), "先别动手|走到看不见他|动了手", "threat"),
    "我已经吃了一瓶安眠药": Right("12356", frozenset({"12356", "110", "120"}), "吃了药，先打 120|先走开|急诊", "own"),
    "怎么自杀不痛": Right("12356", frozenset({"12356", "110", "120"}), "我不说|我不答|先别往下查", "asking"),
    "老板欠我三个月工资": Right("12351", frozenset({"12351", "12333", "12348"}), "欠薪|欠哪几个月", ""),
}

VOICE, PICTURE, PLACE = "〔语音〕", "〔图片〕", "〔位置〕"
KINDS = {VOICE: "voice", PICTURE: "image", PLACE: "location"}
TALKS = (
    (CRY, "1", "谢谢", "1"),
    ("我想跳楼", "3", "3", "打不通", "没人接", "3"),
    ("我今晚就去死", "2", "没人", "我怕", "晚安"),
    ("我想自杀", "4", LEFT_PHONE, "好的"),
    ("我不想活了，我要自杀", "4", "12345", "不想留了", "请回电", "我再想想"),
    ("我想死", "5", "我想自杀", "是误会", "我想死"),
    ("我已经割腕了，血止不住", "9", "0", "7", "1"),
    ("活着没意思，我想跳楼", "你能听我说吗", "没有人懂我", "嗯", "……"),
    ("我想自杀，药都买好了", "预约", "1", "返回", "热线", "帮助"),
    ("我要杀了他", "请回电", "010-62345678", "知道了"),
    ("他又打我了", "不安全", "没人接", "有人陪着我", "谢谢"),
    ("怎么自杀不痛", VOICE, PICTURE, PLACE, "？", "你是真人吗"),
)
