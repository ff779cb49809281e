//! What the proof of a record proves and what it doesn't, and how to verify without this site.

use super::refusal::Unshown;
use super::shell::Leaf;
use super::text::texts;
use super::verify;
use super::visit::Visit;
use crate::http::LogView;
use maud::html;
use std::sync::Arc;

pub(super) async fn show(visit: Arc<Visit>) -> Result<Leaf, Unshown> {
    let log: LogView = visit.view("/v1/log").await?;
    let questions = [
        (ProofText::Who, ProofText::AboutWho),
        (ProofText::InLog, ProofText::AboutInLog),
        (ProofText::Others, ProofText::AboutOthers),
    ];
    let body = html! {
        p.lead { (visit.say(ProofText::Lead)) }
        @for (question, answer) in questions { h2 { (visit.say(question)) } p { (visit.say(answer)) } }
        h2 { (visit.say(ProofText::Not)) }
        ul {
            @for text in [ProofText::NotTrue, ProofText::NotEntitled, ProofText::NotHand, ProofText::NotLater, ProofText::NotAll] {
                li { (visit.say(text)) }
            }
        }
        h2 { (visit.say(ProofText::Offline)) }
        p { (visit.say(ProofText::AboutOffline)) }
        p { a href=(verify::download()) { "verify.html" } " · SHA-256 " code { (verify::download_digest()) } }
        p { (visit.say(ProofText::AboutDigest)) }
        pre { code { "gongshi verify-page | sha256sum" } }
        h2 { (visit.say(ProofText::LogKey)) }
        p { (visit.say(ProofText::AboutLogKey)) }
        ul { @for key in &log.log_keys { li { code { (key) } } } }
    };
    Ok(Leaf::new(visit.say(ProofText::Title), body))
}

texts! { ProofText {
    Title "如何核验" "How to verify"
    Lead "本站的每一项内容都出自签名记录。核验一条记录回答三个问题，不需要相信本站。" "Everything on this site comes from signed records. To verify one answers three questions, and needs no trust in this site."
    Who "谁签的？" "Who signed?"
    AboutWho "用作者的公钥验证签名（Ed25519），并查明这把公钥由哪条记录登记、由谁确认。改动内容的任何一个字节，签名都不再成立。" "The signature (Ed25519) is checked with the author’s key, and which record brought that key in and who confirmed it. If one byte of the content is changed, the signature holds no more."
    InLog "在日志中吗？" "Is it in the log?"
    AboutInLog "由条目的哈希沿收录证明逐层算到树根，与日志签名的检查点比较（RFC 6962）。检查点的公钥应取自本站以外的来源。" "From the hash of the entry the proof leads to a root, which is compared with the checkpoint that the log signed (RFC 6962). Take the key of the checkpoint from elsewhere than this site."
    Others "别人看到的是同一个日志吗？" "Do others see the same log?"
    AboutOthers "见证人只在日志自上次以来只增不改时才会签检查点。有您所信任的见证人会签，本站就不能给您看一个日志、给别人看另一个。" "Witnesses cosign a checkpoint only if the log has only grown since they last looked. Where a witness that you trust has cosigned, this site can’t show you one log and others another."
    Not "这不证明什么" "What this does not prove"
    NotTrue "不证明内容属实：只证明是谁这样写、何时入列、此后没有改动。" "Not that what is said is true: only who said it, when it was sequenced, and that nothing changed since."
    NotEntitled "不证明作者有权这样做、做法合规：用 gongshi verify 下载整个日志，重放全部规则。" "Not that the author was entitled to it, or that the rules allow it: gongshi verify replays all rules over the whole log."
    NotHand "不证明是谁的手按下签名：只证明用的是该主体的密钥。" "Not whose hand it was: only that the organisation’s key was used."
    NotLater "不证明此后没有更正、吊销或裁定：请看检查点之后的日志。" "Not that no correction, revocation or ruling came later: look at the log after the checkpoint."
    NotAll "不证明没有别的相关记录：项目的证据包附有日志签名的条数声明，单条回执没有。" "Not that there is no other record about it: the bundle of a tender has the log’s signed statement of how many there are, a single receipt has none."
    Offline "离线核验" "Verify offline"
    AboutOffline "下面的文件是一个网页，保存到自己的电脑后用浏览器打开。它不联网，接受条目与回执或证据包；运行的就是源代码里的那些文件，没有别的代码。" "The file below is a page: keep it on your computer and open it in a browser. It asks no network, and takes entries and receipts, or a bundle. What runs in it are the files of the source code, and nothing else."
    AboutDigest "每个人得到的文件逐字节相同。请与别处取得的摘要比较，或用自己构建的程序算一遍：" "Everybody gets the same bytes. Compare the digest with one from elsewhere, or compute it with a program that you built:"
    LogKey "日志的公钥" "The log’s key"
    AboutLogKey "本站给出的公钥如下。本站不能为自己作证：请与招标文件、主管部门网站或公报上的核对。" "This is the key as this site gives it. A site can’t vouch for itself: compare it with a tender document, a supervisor’s site or a gazette."
} }
