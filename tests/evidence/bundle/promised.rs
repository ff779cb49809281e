//! A commitment that both sides have signed.

use crate::support::{App, Cast};
use gongshi::commitment::{self, Acceptance, Binding, Offer, YearBinding};
use gongshi::field::{CommitmentId, TemplateId};
use gongshi::log::Hash;
use gongshi::template::{self, TemplateRef, models};
use gongshi::world::{Act, Stream};
use serde_json::Value;

/// The centre and the enterprise promise each other what the construction template says, for a year.
pub async fn promised(app: &App, cast: &Cast, id: &str) {
    let entry = |receipt: &Value| -> Hash { receipt["entry_hash"].as_str().unwrap().parse().unwrap() };
    let template = Stream::of(&"construction".parse::<TemplateId>().unwrap());
    let text: Act = template::Act::from(models()[0].publication()).into();
    let receipt = app.post(&cast.supervisor, "/v1/templates", &template, &text).await.accepted();
    let offer = Offer {
        numbers_confirmed: None,
        template: TemplateRef { id: "construction".parse().unwrap(), version: 1, entry: entry(&receipt) },
        unit: cast.centre.id.clone(),
        enterprise: cast.enterprise.id.clone(),
        binding: Binding::Year(YearBinding { year: 2026 }),
    };
    let promise = Stream::of(&id.parse::<CommitmentId>().unwrap());
    let act = |act: commitment::Act| Act::Commitment(act);
    let receipt = app.post(&cast.centre, "/v1/commitments", &promise, &act(offer.into())).await.accepted();
    let acceptance = act(Acceptance { offer: entry(&receipt) }.into());
    app.post(&cast.enterprise, &format!("/v1/commitments/{id}/acceptances"), &promise, &acceptance).await.accepted();
}
