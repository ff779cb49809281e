//! What this site does for everybody to read it, and where it fails.

use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::{Common, texts};
use super::visit::Visit;
use maud::html;
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let body = html! {
        p.lead { (visit.say(AccessText::Aim)) }
        h2 { (visit.say(AccessText::Done)) }
        ul {
            @for text in [AccessText::NoScript, AccessText::Keyboard, AccessText::Words, AccessText::Zoom, AccessText::Light] {
                li { (visit.say(text)) }
            }
        }
        h2 { (visit.say(AccessText::Gaps)) }
        ul { @for text in [AccessText::Documents, AccessText::Names, AccessText::Untested] { li { (visit.say(text)) } } }
    };
    Ok(Leaf::new(visit.say(Common::Accessibility), body))
}

texts! { AccessText {
    Aim "本站以《网页内容无障碍指南》（WCAG）2.2 AA 级为目标。" "This site aims at WCAG 2.2, level AA."
    Done "已做到" "What is done"
    NoScript "不需要脚本，不使用 Cookie，不加载其他网站的内容。" "It needs no scripts, sets no cookies and loads nothing from elsewhere."
    Keyboard "全部功能可用键盘操作，焦点可见，可跳到正文。" "All of it works by keyboard, with visible focus and a way to skip to the content."
    Words "状态以文字说明，不只靠颜色；表格有表头，外语有语言标记。" "States are said in words, never by colour alone; tables have headers, and foreign phrases their language."
    Zoom "在 320 像素宽度下、放大到 400% 时无须横向滚动阅读正文；宽表格在自己的区域内滚动。" "At 320 pixels or 400 % zoom text needs no scrolling sideways; wide tables scroll within themselves."
    Light "有深色样式、打印样式和高对比度样式。" "There are styles for the dark, for print and for forced colours."
    Gaps "已知不足" "Known gaps"
    Documents "项目文件（多为 PDF）由发布单位上传，本站不能保证其无障碍。" "Documents, most of them PDFs, come from those who publish them; this site cannot answer for them."
    Names "条款、理由等正文只有作者所用的语言。" "Clauses, reasons and other texts stand in the language of their author only."
    Untested "尚未由残障用户实际测试。" "It has not been tested by people with disabilities yet."
} }
