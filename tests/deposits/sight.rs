//! Who sees what; and a balance that somebody changed in the database.

use super::stage::Stage;
use super::support::Engine;
use gongshi::derived::replay;
use gongshi::store::Pools;

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_for_whom_they_concern() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    let public = stage.deposit("d-1").await;
    assert!(public["status"] == "secured" && !public.to_string().contains("minor"), "{public}");
    let (money, accounts) = (stage.path("deposits/d-1/money"), stage.path("accounts"));
    assert_eq!(stage.app.get(&money).await.status, 401);
    let cast = &stage.cast;
    for (actor, sees_money, sees_accounts) in
        [(&cast.centre, 200, 200), (&cast.enterprise, 200, 403), (&cast.rival, 403, 403), (&cast.supervisor, 200, 200)]
    {
        assert_eq!(stage.app.get_as(actor, &money).await.status, sees_money);
        assert_eq!(stage.app.get_as(actor, &accounts).await.status, sees_accounts);
        let own = stage.path("postings?account=2010.d-1.CNY");
        assert_eq!(stage.app.get_as(actor, &own).await.status, sees_money);
        assert_eq!(stage.app.get_as(actor, &stage.path("postings")).await.status, sees_accounts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_balance_is_found_and_repaired() {
    let stage = Stage::on(Engine::Sqlite).await;
    stage.scheme("bid-tendering", "招标投标法实施条例第二十六条").await;
    stage.paid_in("d-1", &stage.cast.enterprise).await;
    let Pools::Sqlite { writer, .. } = &stage.app.ledger.database.pools else { panic!("SQLite") };
    for forgery in [
        "UPDATE deposit_accounts SET balance = balance - 1 WHERE heading = 'available'",
        "UPDATE deposit_postings SET amount = 1 WHERE voucher = 2 AND line = 0",
        "UPDATE deposits SET available = 1",
        "DELETE FROM deposit_postings WHERE voucher = 1",
        "INSERT INTO deposit_accounts VALUES ('x/2010.y.CNY', 'x', 'available', 'y', 'CNY', 5)",
    ] {
        sqlx::raw_sql(forgery).execute(writer).await.unwrap();
        let ledger = &stage.app.ledger;
        assert!(!replay(&ledger.database, &ledger.editions).await.unwrap().changed_nothing(), "{forgery}");
        assert!(replay(&ledger.database, &ledger.editions).await.unwrap().changed_nothing(), "{forgery}");
    }
    stage.holds().await;
}
