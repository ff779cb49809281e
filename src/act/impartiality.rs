//! Nobody rules in a matter of its own: the one check of all capabilities, and what each act needs of its author's roles.

use super::{Author, Role};
use crate::field::OrganisationId;
use crate::problem::{self, Refusal};

/// # Errors
/// `role-not-entitled`
pub fn must_have(by: &Author, roles: &[Role]) -> Result<(), Refusal> {
    if by.roles.has_any(roles) {
        return Ok(());
    }
    let names = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" / ");
    let (zh, en) = (format!("需要角色：{names}"), format!("one of these roles is needed: {names}"));
    Err(Refusal::new(&problem::ROLE_NOT_ENTITLED, zh, en))
}

/// Whether the author may decide what these have a stake in.
///
/// # Errors
/// `not-impartial`
pub fn must_be_impartial<'a>(
    by: &Author,
    interested: impl IntoIterator<Item = &'a OrganisationId>,
) -> Result<(), Refusal> {
    if interested.into_iter().any(|party| by.is(party)) {
        let (zh, en) = (
            "当事人、采购中心、采购人、候选人、异议人、质疑人、举报人以及原裁定者不得裁定",
            "who is a party, buys, bids, objected, challenged, reported or ruled before does not rule",
        );
        return Err(Refusal::new(&problem::NOT_IMPARTIAL, zh, en));
    }
    Ok(())
}

/// A ruling is a supervisor's, and one's who has no stake in it.
///
/// # Errors
/// `role-not-entitled`, `not-impartial`
pub fn must_rule<'a>(by: &Author, interested: impl IntoIterator<Item = &'a OrganisationId>) -> Result<(), Refusal> {
    must_have(by, &[Role::Supervisor])?;
    must_be_impartial(by, interested)
}
