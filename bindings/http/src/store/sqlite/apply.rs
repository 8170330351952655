//! Effects, carried out inside one writing transaction.

use kouling::Moment;
use kouling::flow::{Address, Audit, Budget, Challenge, Channel, Effect, PasswordChange, Recipient, Secret};
use sqlx::{Row, Sqlite, Transaction};

use super::outbox::{self, Row as Letter};
use crate::random;
use crate::store::accounts::address_key;
use crate::store::{NewAccount, Origin, Seal, StoreError, login_key};

/// A mail that tells of a change is worth sending for this long, in seconds.
const NOTICE_LIFETIME: u64 = 3 * 86_400;

/// Carries effects out, one after the other.
pub(super) struct Carrier<'a> {
    pub(super) transaction: &'a mut Transaction<'static, Sqlite>,
    pub(super) seal: &'a Seal,
    pub(super) origin: &'a Origin,
}

/// Whether a condition held; everything that is no condition says yes.
type Carried = Result<bool, StoreError>;

impl Carrier<'_> {
    pub(super) async fn carry_out(&mut self, effect: &Effect) -> Carried {
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
            // An effect that this store does not know must not be passed over in silence.
            unknown => Err(StoreError::new(format!("cannot carry out `{}`", unknown.name()))),
        }
    }

    async fn use_captcha(&mut self, token: &str) -> Carried {
        let used = sqlx::query(
            "UPDATE captchas SET state = 'used', sender = NULL, point = NULL WHERE token = ? AND state = 'solved'",
        )
        .bind(token)
        .execute(&mut **self.transaction)
        .await?;
        Ok(used.rows_affected() == 1)
    }

    async fn solve_captcha(&mut self, token: &str, sender: &Address, point: &str) -> Carried {
        let sender = serde_json::to_string(sender).map_err(StoreError::new)?;
        let solved = sqlx::query(
            "UPDATE captchas SET state = 'solved', sender = ?, point = ? WHERE token = ? AND state = 'open'",
        )
        .bind(sender)
        .bind(point)
        .bind(token)
        .execute(&mut **self.transaction)
        .await?;
        Ok(solved.rows_affected() == 1)
    }

    async fn fail_captcha(&mut self, token: &str) -> Carried {
        sqlx::query("UPDATE captchas SET state = 'used' WHERE token = ? AND state = 'open'")
            .bind(token)
            .execute(&mut **self.transaction)
            .await?;
        Ok(true)
    }

    async fn count(&mut self, budget: &Budget, now: Moment) -> Carried {
        let Budget { key, rate } = budget;
        // Events of the future count: a clock that went backwards gives nobody a new budget.
        let counted = sqlx::query(
            "INSERT INTO events (key, at, leaves) SELECT ?1, ?2, ?3
             WHERE (SELECT COUNT(*) FROM events WHERE key = ?1 AND at > ?4) < ?5",
        )
        .bind(key)
        .bind(now.unix())
        .bind(now.plus(rate.per).unix())
        .bind(now.minus(rate.per).unix())
        .bind(i64::try_from(rate.most).unwrap_or(i64::MAX))
        .execute(&mut **self.transaction)
        .await?;
        Ok(counted.rows_affected() == 1)
    }

    async fn revoke_challenges(
        &mut self,
        account: Option<&str>,
        address: Option<&Address>,
        requester: Option<&str>,
    ) -> Carried {
        let address = address.map(Address::key);
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', sealed = NULL WHERE state = 'waiting' AND challenge IN
             (SELECT id FROM challenges WHERE state = 'valid' AND (account = ?1 OR address = ?2)
                 AND (?3 IS NULL OR requester = ?3))",
        )
        .bind(account)
        .bind(&address)
        .bind(requester)
        .execute(&mut **self.transaction)
        .await?;
        sqlx::query(
            "UPDATE challenges SET state = 'revoked' WHERE state = 'valid' AND (account = ?1 OR address = ?2)
                 AND (?3 IS NULL OR requester = ?3)",
        )
        .bind(account)
        .bind(&address)
        .bind(requester)
        .execute(&mut **self.transaction)
        .await?;
        Ok(true)
    }

    async fn store_challenge(&mut self, challenge: &Challenge) -> Carried {
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
        .execute(&mut **self.transaction)
        .await?;
        Ok(true)
    }

    async fn send_code(&mut self, recipient: &Recipient, code: &Secret) -> Carried {
        let id = random::identifier();
        let sealed = self.seal.close(&id, code).map_err(|_| StoreError::new("the code cannot be sealed"))?;
        let made: i64 = self.made_of(&recipient.challenge).await?;
        let letter = Letter {
            id: &id,
            kind: "code",
            channel: recipient.channel,
            recipient: &recipient.address,
            language: &self.language(recipient.account.as_deref()).await?,
            purpose: Some(recipient.purpose),
            challenge: Some(&recipient.challenge),
            sealed: Some(&sealed),
            made: Moment::from_unix(made),
            dies: recipient.expires,
        };
        outbox::add(self.transaction, &letter).await?;
        Ok(true)
    }

    /// When a challenge was created.
    async fn made_of(&mut self, challenge: &str) -> Result<i64, StoreError> {
        let record: Vec<u8> = sqlx::query_scalar("SELECT record FROM challenges WHERE id = ?")
            .bind(challenge)
            .fetch_one(&mut **self.transaction)
            .await?;
        let challenge = Challenge::from_bytes(&record).map_err(StoreError::new)?;
        Ok(challenge.created().unix())
    }

    async fn reserve_submission(&mut self, challenge: &str, now: Moment) -> Carried {
        let reserved = sqlx::query(
            "UPDATE challenges SET submissions_left = submissions_left - 1
             WHERE id = ? AND state = 'valid' AND submissions_left > 0 AND expires > ?",
        )
        .bind(challenge)
        .bind(now.unix())
        .execute(&mut **self.transaction)
        .await?;
        Ok(reserved.rows_affected() == 1)
    }

    async fn release_count(&mut self, key: &str, counted: Moment) -> Carried {
        sqlx::query(
            "DELETE FROM events WHERE entry = (SELECT entry FROM events WHERE key = ? AND at = ? LIMIT 1)",
        )
        .bind(key)
        .bind(counted.unix())
        .execute(&mut **self.transaction)
        .await?;
        Ok(true)
    }

    async fn consume_challenge(&mut self, challenge: &str) -> Carried {
        let consumed = sqlx::query("UPDATE challenges SET state = 'used' WHERE id = ? AND state = 'valid'")
            .bind(challenge)
            .execute(&mut **self.transaction)
            .await?;
        sqlx::query(
            "UPDATE outbox SET state = 'dropped', sealed = NULL WHERE state = 'waiting' AND challenge = ?",
        )
        .bind(challenge)
        .execute(&mut **self.transaction)
        .await?;
        Ok(consumed.rows_affected() == 1)
    }

    async fn require_current(&mut self, account: &str, hash: Option<&str>) -> Carried {
        let same = sqlx::query("SELECT 1 FROM accounts WHERE id = ? AND password_hash IS ? AND is_active = 1")
            .bind(account)
            .bind(hash)
            .fetch_optional(&mut **self.transaction)
            .await?;
        Ok(same.is_some())
    }

    async fn set_password(&mut self, change: &PasswordChange) -> Carried {
        let (account, now) = (change.account(), change.now().unix());
        sqlx::query(
            "INSERT INTO password_history (account, hash, was_set, replaced)
             SELECT id, password_hash, password_set, ? FROM accounts WHERE id = ? AND password_hash IS NOT NULL",
        )
        .bind(now)
        .bind(account)
        .execute(&mut **self.transaction)
        .await?;
        let set =
            sqlx::query("UPDATE accounts SET password_hash = ?, password_set = ? WHERE id = ? AND is_active = 1")
                .bind(change.hash())
                .bind(now)
                .bind(account)
                .execute(&mut **self.transaction)
                .await?;
        Ok(set.rows_affected() == 1)
    }

    async fn revoke_sessions(&mut self, account: &str) -> Carried {
        sqlx::query("UPDATE sessions SET is_revoked = 1 WHERE account = ?")
            .bind(account)
            .execute(&mut **self.transaction)
            .await?;
        Ok(true)
    }

    async fn notify(&mut self, account: &str, now: Moment) -> Carried {
        let language = self.language(Some(account)).await?;
        let row = sqlx::query("SELECT email, phone FROM accounts WHERE id = ?")
            .bind(account)
            .fetch_one(&mut **self.transaction)
            .await?;
        for (channel, column) in [(Channel::Email, "email"), (Channel::Mobile, "phone")] {
            let Some(recipient) = row.try_get::<Option<String>, _>(column)? else { continue };
            let letter = Letter {
                id: &random::identifier(),
                kind: "changed",
                channel,
                recipient: &recipient,
                language: &language,
                purpose: None,
                challenge: None,
                sealed: None,
                made: now,
                dies: now.plus(NOTICE_LIFETIME),
            };
            outbox::add(self.transaction, &letter).await?;
        }
        Ok(true)
    }

    async fn audit(&mut self, audit: &Audit) -> Carried {
        sqlx::query("INSERT INTO audit (at, event, purpose, channel, account) VALUES (?, ?, ?, ?, ?)")
            .bind(audit.now.unix())
            .bind(audit.event)
            .bind(audit.purpose.name())
            .bind(audit.channel.map(Channel::name))
            .bind(&audit.account)
            .execute(&mut **self.transaction)
            .await?;
        Ok(true)
    }

    /// The account's own language, else that of the request.
    async fn language(&mut self, account: Option<&str>) -> Result<String, StoreError> {
        let own: Option<Option<String>> = match account {
            Some(account) => {
                sqlx::query_scalar("SELECT language FROM accounts WHERE id = ?")
                    .bind(account)
                    .fetch_optional(&mut **self.transaction)
                    .await?
            }
            None => None,
        };
        Ok(own.flatten().unwrap_or_else(|| self.origin.language.to_owned()))
    }
}

/// Adds an account; `false` when one of its identifiers is taken or none.
pub(super) async fn add_account(
    transaction: &mut Transaction<'static, Sqlite>,
    account: &NewAccount,
    now: Moment,
) -> Carried {
    let key = |channel, text: &Option<String>| text.as_deref().map(|text| address_key(channel, text));
    let (email, phone) = (key(Channel::Email, &account.email), key(Channel::Mobile, &account.phone));
    let (Some(username), false) = (login_key(&account.username), [&email, &phone].contains(&&Some(None))) else {
        return Ok(false);
    };
    let set = account.password_hash.as_ref().map(|_| now.unix());
    let added = sqlx::query(
        "INSERT INTO accounts (id, username, username_key, name, phone, phone_key, email, email_key, language,
             password_hash, password_set)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(random::identifier())
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
    .execute(&mut **transaction)
    .await?;
    Ok(added.rows_affected() == 1)
}
