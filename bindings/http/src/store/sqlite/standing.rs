//! The state of accounts over time: reading it, and applying the effects of sign-ins.

use kouling::Moment;
use kouling::evaluation::hexadecimal;
use kouling::standing::{AccountState, Effect, Failures, MAX_KNOWN_NETWORKS, UNKNOWN, UNKNOWN_POLICY};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};

use crate::store::{NewSession, SignIn, StoreError};

/// The network of the failures from all unknown networks together.
const ALL_UNKNOWN: &str = "";

pub(super) async fn state(read: &SqlitePool, subject: &str, network: &str) -> Result<AccountState, StoreError> {
    let rows = sqlx::query(
        "SELECT network, count, newest FROM sign_in_failures WHERE subject = ? AND network IN (?, '')",
    )
    .bind(subject)
    .bind(network)
    .fetch_all(read)
    .await?;
    let mut state = AccountState {
        network_failures: Some(Failures::default()),
        account_failures: Some(Failures::default()),
        ..AccountState::default()
    };
    for row in &rows {
        let failures = Some(failures(row)?);
        match row.try_get::<&str, _>("network")? {
            ALL_UNKNOWN => state.account_failures = failures,
            _ => state.network_failures = failures,
        }
    }
    let known = sqlx::query("SELECT 1 FROM known_networks WHERE account = ? AND network = ?")
        .bind(subject)
        .bind(network)
        .fetch_optional(read)
        .await?;
    state.known_network = Some(known.is_some());
    let row = sqlx::query("SELECT * FROM accounts WHERE id = ?").bind(subject).fetch_optional(read).await?;
    match row {
        Some(row) => of_account(state, &row).map_err(StoreError::from),
        None => Ok(state),
    }
}

fn failures(row: &SqliteRow) -> Result<Failures, sqlx::Error> {
    let newest: Option<i64> = row.try_get("newest")?;
    let count = u64::try_from(row.try_get::<i64, _>("count")?).unwrap_or(u64::MAX);
    Ok(Failures { count, newest: newest.map(Moment::from_unix) })
}

fn of_account(state: AccountState, row: &SqliteRow) -> Result<AccountState, sqlx::Error> {
    let moment =
        |column: &str| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Moment::from_unix));
    let flag = |column: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(column)? == 1);
    let digest: Option<String> = row.try_get("accepted_under")?;
    Ok(AccountState {
        password_set: Some(moment("password_set")?.unwrap_or(UNKNOWN)),
        last_use: Some(moment("last_use")?.unwrap_or(UNKNOWN)),
        disabled: !flag("is_active")?,
        must_change: flag("must_change")?,
        temporary: Some(flag("is_temporary")?),
        temporary_used: Some(flag("temporary_used")?),
        accepted_under: Some(digest.and_then(|digest| parse_digest(&digest)).unwrap_or(UNKNOWN_POLICY)),
        grace_used: Some(u64::try_from(row.try_get::<i64, _>("grace_used")?).unwrap_or(u64::MAX)),
        ..state
    })
}

fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> =
        (0..32).map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()).collect();
    bytes?.try_into().ok()
}

/// Applies the effects and opens the session. Returns `false` if a condition does not hold.
pub(super) async fn sign_in(connection: &mut SqliteConnection, sign_in: &SignIn<'_>) -> Result<bool, StoreError> {
    if let Some((session, verified)) = sign_in.session
        && !open_session(connection, session, verified).await?
    {
        return Ok(false);
    }
    for effect in sign_in.effects {
        if !apply(connection, sign_in, effect).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn open_session(
    connection: &mut SqliteConnection,
    session: &NewSession,
    verified: &str,
) -> Result<bool, StoreError> {
    let opened = sqlx::query(
        "INSERT INTO sessions (id, token_hash, account, client, created, expires, only_change)
         SELECT ?, ?, id, ?, ?, ?, ? FROM accounts WHERE id = ? AND is_active = 1 AND password_hash = ?",
    )
    .bind(&session.id)
    .bind(session.token_hash.as_slice())
    .bind(&session.client)
    .bind(session.created.unix())
    .bind(session.expires.unix())
    .bind(session.only_change)
    .bind(&session.account)
    .bind(verified)
    .execute(connection)
    .await?;
    Ok(opened.rows_affected() == 1)
}

async fn apply(
    connection: &mut SqliteConnection,
    sign_in: &SignIn<'_>,
    effect: &Effect,
) -> Result<bool, StoreError> {
    let SignIn { subject, network, .. } = sign_in;
    let query = match effect {
        Effect::StoreNetworkFailures { from, to } => {
            return store_failures(connection, subject, network, *from, *to).await;
        }
        Effect::StoreAccountFailures { from, to } => {
            return store_failures(connection, subject, ALL_UNKNOWN, *from, *to).await;
        }
        Effect::ClearFailures => {
            sqlx::query("DELETE FROM sign_in_failures WHERE subject = ? AND network IN (?, '')")
                .bind(subject)
                .bind(network)
                .execute(connection)
                .await?;
            return Ok(true);
        }
        Effect::AddKnownNetwork => {
            add_known_network(connection, subject, network).await?;
            return Ok(true);
        }
        Effect::StoreLastUse(at) => {
            sqlx::query("UPDATE known_networks SET last_use = ? WHERE account = ? AND network = ?")
                .bind(at.unix())
                .bind(subject)
                .bind(network)
                .execute(&mut *connection)
                .await?;
            sqlx::query("UPDATE accounts SET last_use = ? WHERE id = ?").bind(at.unix()).bind(subject)
        }
        Effect::UseTemporary => sqlx::query(
            "UPDATE accounts SET temporary_used = 1 WHERE id = ? AND is_temporary = 1 AND temporary_used = 0",
        )
        .bind(subject),
        Effect::StoreGraceUsed { from, to } => {
            sqlx::query("UPDATE accounts SET grace_used = ? WHERE id = ? AND grace_used = ?")
                .bind(i64::try_from(*to).unwrap_or(i64::MAX))
                .bind(subject)
                .bind(i64::try_from(*from).unwrap_or(i64::MAX))
        }
        Effect::StoreAcceptedUnder(digest) => sqlx::query("UPDATE accounts SET accepted_under = ? WHERE id = ?")
            .bind(hexadecimal(digest))
            .bind(subject),
        // Fail closed on an effect that this store does not know.
        unknown => return Err(StoreError::other(format!("cannot apply the effect `{}`", unknown.name()))),
    };
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

/// Replaces `from` with `to`. A row that does not exist stands for no failures.
async fn store_failures(
    connection: &mut SqliteConnection,
    subject: &str,
    network: &str,
    from: Failures,
    to: Failures,
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT count, newest FROM sign_in_failures WHERE subject = ? AND network = ?")
        .bind(subject)
        .bind(network)
        .fetch_optional(&mut *connection)
        .await?;
    let stored = row.as_ref().map(failures).transpose()?.unwrap_or_default();
    if stored != from {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO sign_in_failures (subject, network, count, newest) VALUES (?, ?, ?, ?)
         ON CONFLICT (subject, network) DO UPDATE SET count = excluded.count, newest = excluded.newest",
    )
    .bind(subject)
    .bind(network)
    .bind(i64::try_from(to.count).unwrap_or(i64::MAX))
    .bind(to.newest.map(Moment::unix))
    .execute(connection)
    .await?;
    Ok(true)
}

/// Adds a known network, and deletes the oldest if there are too many.
async fn add_known_network(
    connection: &mut SqliteConnection,
    account: &str,
    network: &str,
) -> Result<(), StoreError> {
    // `store_last_use`, which follows, sets the time.
    sqlx::query(
        "INSERT INTO known_networks (account, network, last_use)
         SELECT ?1, ?2, 1 + COALESCE(MAX(last_use), 0) FROM known_networks WHERE account = ?1
         ON CONFLICT DO NOTHING",
    )
    .bind(account)
    .bind(network)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "DELETE FROM known_networks WHERE account = ?1 AND network NOT IN
         (SELECT network FROM known_networks WHERE account = ?1 ORDER BY last_use DESC LIMIT ?2)",
    )
    .bind(account)
    .bind(i64::try_from(MAX_KNOWN_NETWORKS).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(())
}

/// Resets what belongs to a password, after another was set.
pub(super) async fn password_was_set(connection: &mut SqliteConnection, account: &str) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE accounts SET must_change = 0, is_temporary = 0, temporary_used = 0, accepted_under = NULL, grace_used = 0
         WHERE id = ?",
    )
    .bind(account)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM sign_in_failures WHERE subject = ?").bind(account).execute(&mut *connection).await?;
    sqlx::query("UPDATE sessions SET is_revoked = 1 WHERE account = ? AND only_change = 1")
        .bind(account)
        .execute(connection)
        .await?;
    Ok(())
}
