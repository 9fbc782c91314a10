"""What a text of the field is about: topics by the words people use for them.

Who needs something and who offers it seldom use the same words (“路灯不亮” and “电工义务维修”), so both are read as
topics. The words are data, those of needs and offers together; a text may have several topics.
"""

from functools import cache
from typing import Final

TOPICS: Final[dict[str, str]] = {
    "照明用电": "路灯 照明 太暗 太黑 漆黑 摸黑 灯坏 灯不亮 灯泡 声控灯 没有灯 没灯 装灯 换灯 盏灯 盏路灯 灯光 "
    "灯座 太阳能灯 亮化 昏暗 很暗 很黑 好黑 看不清路 看不见路 电工 电路 停电 插座 线路 电线 开关 跳闸",
    "水管疏通": "漏水 水管 下水道 堵塞 堵了 疏通 积水 内涝 排水 水龙头 马桶 污水 返水 停水 水压 防水 渗水",
    "房屋修缮": "墙皮 屋顶 外墙 门窗 门锁 开锁 维修 修缮 修理 木工 泥水 粉刷 房屋 危房 裂缝 脱落",
    "家电小修": "家电 电视机 洗衣机 电风扇 热水器 磨刀 修鞋 修伞 配钥匙 便民维修 小家电 理发 缝补",
    "电梯": "电梯 加装电梯 困人 故障电梯",
    "扶手防滑": "扶手 防滑 台阶 楼梯 坡道 上下楼 无障碍 轮椅 摔倒 滑倒 适老化",
    "楼道清洁": "楼道 杂物 垃圾 卫生 清扫 清洁 清洗 大扫除 脏乱 保洁 异味 臭味 小广告 堆放",
    "绿化园艺": "绿化 树枝 修剪 花草 草坪 种菜 补种 树木 园艺 浇水 遮挡阳光",
    "停车充电": "停车 车位 占道 充电桩 电动车 飞线 充电棚 乱停 挪车",
    "邻里调解": "吵架 纠纷 噪音 扰民 调解 邻里 矛盾 漏水纠纷 赡养 家庭关系 婆媳 劝和 装修声",
    "法律咨询": "法律 律师 咨询 维权 民法典 打官司 起诉 合同 欠薪 遗嘱 公证 权益 法官 检察",
    "心理关怀": "心理 情绪 疏导 抑郁 焦虑 失眠 舒心 倾诉 关怀 想不开 压力 陪聊 聊天 解闷 孤单",
    "医疗健康": "看病 义诊 血压 血糖 体检 医生 用药 健康 康复 中医 推拿 护理 急救 疫苗 家庭医生 换药 听力 视力 牙",
    "助老": "老人 高龄 空巢 失能 婆婆 爷爷 奶奶 养老 陪诊 助浴 长者 敬老",
    "探访陪伴": "独居 探访 探望 看望 来看看 陪聊 陪伴 牵挂 没人照应",
    "助餐": "助餐 送餐 饭堂 食堂 做饭 做不了饭 吃饭 一日三餐",
    "儿童": "孩子 儿童 小朋友 托管 放学 作业 课后 暑假 寒假 亲子 留守 接送 幼儿 困境儿童 少年 青少年 辅导",
    "读书学习": "图书 阅读 书屋 学习 借书 看书 读书 书本 书架 书画 绘本 讲堂 课堂 培训 书法 英语",
    "就业": "工作 就业 招聘 失业 岗位 求职 找活 技能培训 家政 创业 收纳 简历",
    "困难救助": "低保 困难 救助 补助 慰问 临时救助 特困 物资 募捐 捐款 米油 助学 资助 帮扶",
    "助残": "残疾 轮椅 盲人 聋 辅具 助残 无障碍",
    "代办": "代办 证明 社保 医保 办证 身份证 缴费 跑腿 资格认证 养老金 居住证 材料 盖章 帮代办",
    "消防安全": "消防 火灾 灭火器 隐患 煤气 燃气 消防通道 烟雾 演练 电线老化 安全检查 起火 液化气",
    "防诈防盗": "诈骗 防诈 反诈 被骗 小偷 被盗 治安 巡逻 防盗 监控 民警 派出所",
    "文体娱乐": "唱歌 跳舞 舞蹈 文艺 演出 合唱 广场舞 文化 电影 戏 乐器 象棋 棋牌 乒乓 排练 活动室 场地 节目",
    "健身器材": "健身 器材 锻炼 跑步 篮球 运动 单杠 太极",
    "宠物": "狗 猫 宠物 遛狗 流浪 粪便 犬",
    "骑手服务": "骑手 外卖 快递 快递员 环卫 歇脚 饮水 热饭 充电宝 休息点 驿站 雨伞 雨衣",
    "手机数码": "手机 智能手机 微信 不会用 挂号 网上 二维码 电脑 数码 上网 预约",
    "旧物交换": "旧衣 衣物 闲置 交换 捐赠 旧书 回收 跳蚤",
    "搬运跑腿": "搬 抬 搬家 搬运 抬轮椅 重物 背 代购 买菜 买药 送货 取药",
    "政策宣讲": "政策 党课 宣讲 宣传 理论 讲座 解读 退役 双拥",
}

BROAD: Final = frozenset({"助老"})
"""Topics that say more about who somebody is than about what is needed."""

WHERE: Final = frozenset({"楼道", "楼梯", "台阶", "坡道", "上下楼", "房屋", "门窗"})
"""Words that as often say where something is as what it is: a lamp at the steps is no handrail (台阶没有灯)."""


def is_weak(topic: str, said: list[str]) -> bool:
    """Tell whether a topic says little of what is needed: it is broad, or only the place was named."""
    return topic in BROAD or WHERE.issuperset(said)


@cache
def _words() -> list[tuple[str, str]]:
    """Return each word with its topic, the longest first."""
    pairs = [(word, topic) for topic, words in TOPICS.items() for word in words.split()]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def topics(text: str) -> dict[str, list[str]]:
    """Return the topics of a text, each with the words that tell it, in the order of the table."""
    found: dict[str, list[str]] = {}
    for word, topic in _words():
        if word in text:
            found.setdefault(topic, []).append(word)
    return {topic: found[topic] for topic in TOPICS if topic in found}
