//! What may be published of a person.

use super::facts::{faults, on_the_day};
use super::*;

#[test]
fn a_project_leader_is_sealed_or_published_by_the_rule_that_asks_for_it() {
    let mut run = on_the_day();
    run.accepts(&centre(), opening("1"));
    let led = |name: LeaderName, number: &str| {
        let certificates = vec![Certificate { title: read("一级建造师注册证书"), number: read(number) }];
        let mut publication = candidates("1");
        publication.candidates[0].leader = Some(ProjectLeader { role: read("项目经理"), name, certificates });
        publication
    };
    let published = |basis: &str| LeaderName::Published(PublishedName { name: read("李四"), basis: read(basis) });
    let digest = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0";
    let sealed = LeaderName::Sealed(crate::record::Sealed { sealed: digest.into() });
    for basis in ["AW-PRICE", "招标公告和公示信息发布管理办法第六条"] {
        let refusal = run.refuses(&centre(), led(published(basis), "豫1412010000001"), &problem::INCONSISTENT);
        assert_eq!((cites(&refusal), pointer(&refusal)), ("PN-LEADER", "/candidates/0/leader/name/basis"));
    }
    run.decide(&centre(), &led(published("PN-LEADER"), "豫1412010000001").into()).unwrap();
    // Whoever holds the disclosure of a sealed one finds it by its digest.
    let act = Act::from(led(sealed.clone(), "豫1412010000001"));
    assert_eq!(crate::act::Acts::sealed(&act).iter().map(|it| &*it.sealed).collect::<Vec<_>>(), [digest]);
    run.accepts(&centre(), act);
    // The number of an identity card is no certificate's, whatever is confirmed.
    let confirmed = || Some(crate::field::NumberConfirmation { reason: read("证书编号") });
    for number in ["11010519491231002X", "证号 110105 19491231 002X"] {
        let publication = CandidatePublication { numbers_confirmed: confirmed(), ..led(sealed.clone(), number) };
        assert_eq!(faults(&publication), ["/candidates/0/leader/certificates/0/number"]);
    }
    assert_eq!(faults(&led(sealed, "豫1412010000001")), [""; 0]);
}

/// Nothing else of a person may stand in clear: the type is one member's alone.
#[test]
fn no_other_field_holds_a_name_that_may_be_published() {
    let document = include_str!("../../../../../openapi/gongshi.yaml");
    for (schema, users) in [("LeaderName", 1), ("ProjectLeader", 1)] {
        let reference = format!("#/components/schemas/{schema}'");
        assert_eq!(document.matches(&reference).count(), users, "{schema}");
    }
}
