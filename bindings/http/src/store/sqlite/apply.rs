//! Applies effects inside one writing transaction.

use kouling::Moment;
use kouling::flow::{Address, Audit, Budget, Challenge, Channel, Effect, PasswordChange, Recipient, Secret};
use kouling::time::DAY;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use super::outbox::{self, NewMessage};
use super::standing;
use crate::random;
use crate::store::accounts::address_key;
use crate::store::{Attributes, NewAccount, Origin, Seal, StoreError, login_key};

/// How long a notice of a changed password is worth sending, in seconds.
const NOTICE_LIFETIME: u64 = 3 * DAY;

/// Applies effects, one after the other.
pub(super) struct Applier<'a> {
    pub(super) connection: &'a mut SqliteConnection,
    pub(super) seal: &'a Seal,
    pub(super) origin: &'a Origin,
}

/// Whether the condition of an effect holds; `true` for an effect without one.
type Applied = Result<bool, StoreError>;

impl Applier<'_> {
    pub(super) async fn apply(&mut self, effect: &Effect) -> Applied {
        match effect {
            Effect::UseCaptcha { token } => self.use_captcha(token).await,
            Effect::SolveCaptcha { token, sender, point } => self.solve_captcha(token, sender, point).await,
            Effect::FailCaptcha { token } => self.fail_captcha(token).await,
            Effect::Count { budget, now } => self.count(budget, *now).await,
            Effect::RevokeChallenges { account, address, requester } => {
                self.revoke_challenges(account.as_deref(), address.as_ref(), requester.as_deref()).await
            }
            Effect::StoreChallenge(challenge) => self.store_challenge(challenge).await,
            Effect::SendCode(recipient, code) => self.send_code(recipient, code).await,
            Effect::ReserveSubmission { challenge, now } => self.reserve_submission(challenge, *now).await,
            Effect::ReleaseCount { key, counted } => self.release_count(key, *counted).await,
            Effect::ConsumeChallenge { challenge } => self.consume_challenge(challenge).await,
            Effect::RequireCurrent { account, current } => {
                self.require_current(account, current.as_ref().map(|current| current.hash.as_str())).await
            }
            Effect::SetPassword(change) => self.set_password(change).await,
            Effect::RevokeSessions { account } => self.revoke_sessions(account).await,
            Effect::Notify { account, now } => self.notify(account, *now).await,
            Effect::Audit(audit) => self.audit(audit).await,
            // Fail closed on an effect that this store does not know.
            unknown => Err(StoreError::other(format!("cannot apply the effect `{}`", unknown.name()))),
        }
    }

    async fn use_captcha(&mut self, token: &str) -> Applied {
        let used = sqlx::query(
            "UPDATE captchas SET state = 'used', sender = NULL, point = NULL WHERE token = ? AND state = 'solved'",
        )
        .bind(token)
        .execute(&mut *self.connection)
        .await?;
        Ok(used.rows_affected() == 1)
    }

    async fn solve_captcha(&mut self, token: &str, sender: &Address, point: &str) -> Applied {
        let sender = serde_json::to_string(sender).map_err(StoreError::other)?;
        let solved = sqlx::query(
            "UPDATE captchas SET state = 'solved', sender = ?, point = ? WHERE token = ? AND state = 'open'",
        )
        .bind(sender)
        .bind(point)
        .bind(token)
        .execute(&mut *self.connection)
        .await?;
        Ok(solved.rows_affected() == 1)
    }

    async fn fail_captcha(&mut self, token: &str) -> Applied {
        sqlx::query("UPDATE captchas SET state = 'used' WHERE token = ? AND state = 'open'")
            .bind(token)
            .execute(&mut *self.connection)
            .await?;
        Ok(true)
    }

    async fn count(&mut self, budget: &Budget, now: Moment) -> Applied {
        let Budget { key, rate } = budget;
        // Events in the future count: a clock that was set back must not renew a budget.
        let counted = sqlx::query(
            "INSERT INTO events (key, at, expires) SELECT ?1, ?2, ?3
             WHERE (SELECT COUNT(*) FROM events WHERE key = ?1 AND at > ?4) < ?5",
        )
        .bind(key)
        .bind(now.unix())
        .bind(now.plus(rate.per).unix())
        .bind(now.minus(rate.per).unix())
        .bind(i64::try_from(rate.most).unwrap_or(i64::MAX))
        .execute(&mut *self.connection)
        .await?;
        Ok(counted.rows_affected() == 1)
    }

    async fn revoke_challenges(
        &mut self,
        account: Option<&str>,
        address: Option<&Address>,
        requester: Option<&str>,
    ) -> Applied {
        let address = address.map(Address::key);
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', sealed = NULL WHERE state = 'waiting' AND challenge IN
             (SELECT id FROM challenges WHERE state = 'valid' AND (account = ?1 OR address = ?2)
                 AND (?3 IS NULL OR requester = ?3))",
        )
        .bind(account)
        .bind(&address)
        .bind(requester)
        .execute(&mut *self.connection)
        .await?;
        sqlx::query(
            "UPDATE challenges SET state = 'revoked' WHERE state = 'valid' AND (account = ?1 OR address = ?2)
                 AND (?3 IS NULL OR requester = ?3)",
        )
        .bind(account)
        .bind(&address)
        .bind(requester)
        .execute(&mut *self.connection)
        .await?;
        Ok(true)
    }

    async fn store_challenge(&mut self, challenge: &Challenge) -> Applied {
        sqlx::query(
            "INSERT INTO challenges
                 (id, purpose, channel, address, account, requester, record, state, submissions_left, expires)
             VALUES (?, ?, ?, ?, ?, ?, ?, 'valid', ?, ?)",
        )
        .bind(challenge.id())
        .bind(challenge.purpose().name())
        .bind(challenge.address().channel().name())
        .bind(challenge.address().key())
        .bind(challenge.account())
        .bind(challenge.requester())
        .bind(challenge.to_bytes())
        .bind(i64::try_from(challenge.submissions_left()).unwrap_or(0))
        .bind(challenge.expires().unix())
        .execute(&mut *self.connection)
        .await?;
        Ok(true)
    }

    async fn send_code(&mut self, recipient: &Recipient, code: &Secret) -> Applied {
        let id = random::identifier();
        let sealed = self.seal.close(&id, code).map_err(|_| StoreError::other("the code cannot be encrypted"))?;
        let language = self.language(recipient.account.as_deref()).await?;
        let message = NewMessage {
            id: &id,
            kind: "code",
            channel: recipient.channel,
            recipient: &recipient.address,
            language: &language,
            purpose: Some(recipient.purpose),
            challenge: Some(&recipient.challenge),
            sealed: Some(&sealed),
            created: self.creation_of(&recipient.challenge).await?,
            expires: recipient.expires,
        };
        outbox::add(self.connection, &message).await?;
        Ok(true)
    }

    /// Returns when a challenge was created. Its effect precedes this one in the list.
    async fn creation_of(&mut self, challenge: &str) -> Result<Moment, StoreError> {
        let record: Vec<u8> = sqlx::query_scalar("SELECT record FROM challenges WHERE id = ?")
            .bind(challenge)
            .fetch_one(&mut *self.connection)
            .await?;
        let challenge = Challenge::from_bytes(&record).map_err(StoreError::other)?;
        Ok(challenge.created())
    }

    async fn reserve_submission(&mut self, challenge: &str, now: Moment) -> Applied {
        let reserved = sqlx::query(
            "UPDATE challenges SET submissions_left = submissions_left - 1
             WHERE id = ? AND state = 'valid' AND submissions_left > 0 AND expires > ?",
        )
        .bind(challenge)
        .bind(now.unix())
        .execute(&mut *self.connection)
        .await?;
        Ok(reserved.rows_affected() == 1)
    }

    async fn release_count(&mut self, key: &str, counted: Moment) -> Applied {
        sqlx::query(
            "DELETE FROM events WHERE entry = (SELECT entry FROM events WHERE key = ? AND at = ? LIMIT 1)",
        )
        .bind(key)
        .bind(counted.unix())
        .execute(&mut *self.connection)
        .await?;
        Ok(true)
    }

    async fn consume_challenge(&mut self, challenge: &str) -> Applied {
        let consumed = sqlx::query("UPDATE challenges SET state = 'used' WHERE id = ? AND state = 'valid'")
            .bind(challenge)
            .execute(&mut *self.connection)
            .await?;
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', sealed = NULL WHERE state = 'waiting' AND challenge = ?",
        )
        .bind(challenge)
        .execute(&mut *self.connection)
        .await?;
        Ok(consumed.rows_affected() == 1)
    }

    async fn require_current(&mut self, account: &str, hash: Option<&str>) -> Applied {
        let same = sqlx::query("SELECT 1 FROM accounts WHERE id = ? AND password_hash IS ? AND is_active = 1")
            .bind(account)
            .bind(hash)
            .fetch_optional(&mut *self.connection)
            .await?;
        Ok(same.is_some())
    }

    async fn set_password(&mut self, change: &PasswordChange) -> Applied {
        let (account, now) = (change.account(), change.now().unix());
        sqlx::query(
            "INSERT INTO password_history (account, hash, was_set, replaced)
             SELECT id, password_hash, password_set, ? FROM accounts WHERE id = ? AND password_hash IS NOT NULL",
        )
        .bind(now)
        .bind(account)
        .execute(&mut *self.connection)
        .await?;
        let set =
            sqlx::query("UPDATE accounts SET password_hash = ?, password_set = ? WHERE id = ? AND is_active = 1")
                .bind(change.hash())
                .bind(now)
                .bind(account)
                .execute(&mut *self.connection)
                .await?;
        standing::password_was_set(self.connection, account).await?;
        Ok(set.rows_affected() == 1)
    }

    async fn revoke_sessions(&mut self, account: &str) -> Applied {
        sqlx::query("UPDATE sessions SET is_revoked = 1 WHERE account = ?")
            .bind(account)
            .execute(&mut *self.connection)
            .await?;
        Ok(true)
    }

    async fn notify(&mut self, account: &str, now: Moment) -> Applied {
        let language = self.language(Some(account)).await?;
        let row = sqlx::query("SELECT email, phone FROM accounts WHERE id = ?")
            .bind(account)
            .fetch_one(&mut *self.connection)
            .await?;
        for (channel, column) in [(Channel::Email, "email"), (Channel::Mobile, "phone")] {
            let Some(recipient) = row.try_get::<Option<String>, _>(column)? else { continue };
            let message = NewMessage {
                id: &random::identifier(),
                kind: "changed",
                channel,
                recipient: &recipient,
                language: &language,
                purpose: None,
                challenge: None,
                sealed: None,
                created: now,
                expires: now.plus(NOTICE_LIFETIME),
            };
            outbox::add(self.connection, &message).await?;
        }
        Ok(true)
    }

    async fn audit(&mut self, audit: &Audit) -> Applied {
        sqlx::query("INSERT INTO audit (at, event, purpose, channel, account) VALUES (?, ?, ?, ?, ?)")
            .bind(audit.now.unix())
            .bind(audit.event)
            .bind(audit.purpose.name())
            .bind(audit.channel.map(Channel::name))
            .bind(&audit.account)
            .execute(&mut *self.connection)
            .await?;
        Ok(true)
    }

    /// Returns the account's own language, or the language of the request.
    async fn language(&mut self, account: Option<&str>) -> Result<String, StoreError> {
        let own: Option<Option<String>> = match account {
            Some(account) => {
                sqlx::query_scalar("SELECT language FROM accounts WHERE id = ?")
                    .bind(account)
                    .fetch_optional(&mut *self.connection)
                    .await?
            }
            None => None,
        };
        Ok(own.flatten().unwrap_or_else(|| self.origin.language.to_owned()))
    }
}

/// Adds an account. Returns `false` if one of its identifiers is taken or invalid.
pub(super) async fn add_account(connection: &mut SqliteConnection, account: &NewAccount, now: Moment) -> Applied {
    let key = |channel, text: &Option<String>| text.as_deref().map(|text| address_key(channel, text));
    let (email, phone) = (key(Channel::Email, &account.email), key(Channel::Mobile, &account.phone));
    let (Some(username), false) = (login_key(&account.username), [&email, &phone].contains(&&Some(None))) else {
        return Ok(false);
    };
    let set = account.password_hash.as_ref().map(|_| now.unix());
    let id = random::identifier();
    let added = sqlx::query(
        "INSERT INTO accounts (id, username, username_key, name, phone, phone_key, email, email_key, language,
             password_hash, password_set, must_change, is_temporary)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(&id)
    .bind(&account.username)
    .bind(username)
    .bind(&account.name)
    .bind(&account.phone)
    .bind(phone.flatten())
    .bind(&account.email)
    .bind(email.flatten())
    .bind(&account.language)
    .bind(&account.password_hash)
    .bind(set)
    .bind(account.must_change)
    .bind(account.is_temporary)
    .execute(&mut *connection)
    .await?;
    if added.rows_affected() != 1 {
        return Ok(false);
    }
    add_attributes(connection, &id, &account.attributes).await?;
    Ok(true)
}

/// Replaces the named attributes of an account. Returns `false` if there is no account with this username.
pub(super) async fn set_attributes(
    connection: &mut SqliteConnection,
    username: &str,
    attributes: &Attributes,
) -> Applied {
    let id: Option<String> = sqlx::query_scalar("SELECT id FROM accounts WHERE username_key = ?")
        .bind(login_key(username))
        .fetch_optional(&mut *connection)
        .await?;
    let Some(id) = id else { return Ok(false) };
    for name in attributes.keys() {
        sqlx::query("DELETE FROM account_attributes WHERE account = ? AND name = ?")
            .bind(&id)
            .bind(name)
            .execute(&mut *connection)
            .await?;
    }
    add_attributes(connection, &id, attributes).await?;
    Ok(true)
}

async fn add_attributes(
    connection: &mut SqliteConnection,
    account: &str,
    attributes: &Attributes,
) -> Result<(), StoreError> {
    for (name, values) in attributes {
        for value in values {
            sqlx::query(
                "INSERT INTO account_attributes (account, name, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(account)
            .bind(name)
            .bind(value)
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}
