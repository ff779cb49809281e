//! What the notices list as a person's certificates. The tables were read by a machine, and beside the certificates of a
//! pseudonym there often stand real names, in clear: they must not enter a log that forgets nothing.

/// What words of certificates are made of: no word of a personal name.
const WORDS: &str = "证书 证件 证号 员证 师证 位证 格证 训证 册证 称证 康证 密证 备证 B证 C证 T证 A证 Q证 证字 证高字 \
    执业 工程 造价 注册 建造 岗位 职称 职改 职任 社职 职务 职评 高职第 中职第 正高职 企高工 监工字 人社字 考核 合格 培训 教育 \
    资格 编号 编码 管理 专业 日期 批准文号 施工员 质量员 质检员 材料员 资料员 劳务员 机械员 标准员 安全员 监理员 检测员 \
    造价员 建监员 专监师 建筑师 测绘师 农艺师 设计师 分析师 架构师 规划师 监理 咨询 其他 其它 岩土 水利 水电 市政 机电 公路 \
    建筑 质量 中级 特中 建教 咨登 建院人 校发 资字 \
    道路 投资 电梯 土建 动力 给水 暖通 供配电 发输变电 安装 通信 化工 特种设备 数字经济 电子信息 信息系统 项目经理 负责人 \
    安A 安B 安C 鄂建安 鄂交安 鄂水安 赣交安 赣水安 粤水安 川水安 川建安";

/// What certificates are listed by.
const MARKS: [char; 7] = ['、', '，', ',', '；', ';', '/', '。'];

/// A listed text without what may be a name, and how many parts of it may be.
pub(super) fn without_names(text: &str) -> (String, usize) {
    let parts = text.split(|c: char| MARKS.contains(&c) || c.is_whitespace()).filter(|part| !part.is_empty());
    let (kept, names): (Vec<&str>, Vec<&str>) = parts.partition(|part| is_certificate(part));
    // What names nobody stands as it was.
    let text = if names.is_empty() { text.to_owned() } else { kept.join("、") };
    (text, names.len())
}

/// Whether every word is one of certificates; numbers, letters and single signs (鄂) name nobody.
fn is_certificate(part: &str) -> bool {
    let mut words = part.split(|c: char| !c.is_alphanumeric()).filter(|word| {
        let signs = word.chars().filter(|c| !c.is_ascii()).count();
        signs > 1
    });
    words.all(|word| WORDS.split_whitespace().any(|known| word.contains(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_certificates() {
        for text in [
            "其他、注册二级建造师·市政公用工程、安全生产考核合格证(B证)",
            "、鄂、鄂建安B(2022)",
            "宜人社职〔2023〕18号",
            "注册土木工程师（岩土）",
            "No.",
            "",
        ] {
            assert_eq!(without_names(text), (text.to_owned(), 0));
        }
        assert_eq!(without_names("、甲某某"), (String::new(), 1));
        assert_eq!(without_names("、鄂职改办(2019)8号、甲某某"), ("鄂职改办(2019)8号".to_owned(), 1));
        assert_eq!(without_names("甲某（专业监理工程师）"), (String::new(), 1));
        assert_eq!(without_names("李建安，王某"), (String::new(), 2));
    }
}
