//! One random walk: the host with the engine, the model, and the two compared after every step.

use kouling::flow::{Approved, ChallengeState, Next, Purpose};

use super::host::{BEGINNING, Engine, Flight, Host, Typed, caller, channel_of};
use super::invariants::{Log, Sent};
use super::ops::{ADDRESSES, CaptchaPick, CodePick, Op, PEOPLE, PasswordPick, Submission, Swap, Tally};
use super::plain::{Asks, Model, Person, Place, Sending, Trip};

pub(crate) struct Walk<'e> {
    pub(crate) host: Host<'e>,
    pub(crate) model: Model,
    pub(crate) log: Log,
    pub(crate) tally: Tally,
    flights: Vec<(Flight<'e>, Trip)>,
    changes: Vec<(usize, usize, String, Approved)>,
    typed: usize,
}

impl<'e> Walk<'e> {
    pub(crate) fn new(engine: &'e Engine, seed: u64) -> Walk<'e> {
        let mut host = Host::new(engine).seeded(seed);
        let mut model = Model { now: BEGINNING.unix(), ..Model::default() };
        for (name, mail, phone) in PEOPLE {
            let password = format!("The-first-of-{name}");
            host.add_account(name, Some(mail), Some(phone), &[&password]);
            model.people.push(Person {
                mail: Some(mail.to_lowercase()),
                phone: phone.to_owned(),
                is_active: true,
                passwords: vec![password],
                sessions: 0,
            });
        }
        Walk {
            host,
            model,
            log: Log::default(),
            tally: Tally::default(),
            flights: Vec::new(),
            changes: Vec::new(),
            typed: 0,
        }
    }

    fn id(who: usize) -> String {
        format!("id-{}", PEOPLE[who].0)
    }

    pub(crate) fn take(&mut self, op: &Op) {
        match op {
            Op::Send { address, update, client, device, peer, captcha } => {
                let asks = Asks {
                    address: ADDRESSES[*address].1.to_owned(),
                    is_update: *update,
                    client: *client,
                    device: *device,
                    session: None,
                };
                self.send(ADDRESSES[*address].0, &asks, *peer, *captcha);
            }
            Op::Submit(submission) => {
                let (mut flight, mut trip) = self.begin(submission);
                while let Some((stepped, then)) = self.step(flight, trip) {
                    (flight, trip) = (stepped, then);
                }
            }
            Op::Begin(submission) => {
                let begun = self.begin(submission);
                self.flights.push(begun);
            }
            Op::Step(n) if !self.flights.is_empty() => {
                let (flight, trip) = self.flights.remove(n % self.flights.len());
                if let Some(stepped) = self.step(flight, trip) {
                    self.flights.push(stepped);
                }
            }
            Op::Crash(n) if !self.flights.is_empty() => {
                self.flights.remove(n % self.flights.len());
                self.tally.note("crashed");
            }
            Op::Wait(seconds) => self.turn_clock(*seconds as i64),
            Op::TurnBack(seconds) => self.turn_clock(-(*seconds as i64)),
            Op::Lock(who) | Op::Unlock(who) => {
                let active = matches!(op, Op::Unlock(_));
                self.host.store.account_mut(&Walk::id(*who)).is_active = active;
                self.model.people[*who].is_active = active;
            }
            Op::SignIn(who) => {
                let person = &mut self.model.people[*who];
                let password = person.passwords.last().cloned().unwrap_or_default();
                let session = self.host.sign_in(&Walk::id(*who), &password);
                assert_eq!(session.is_some(), person.is_active, "signing in");
                person.sessions += usize::from(session.is_some());
            }
            Op::BeginChange { who, right } => self.begin_change(*who, *right),
            Op::CommitChange if !self.changes.is_empty() => self.commit_change(),
            Op::GiveUpMail(who) | Op::TakeMailBack(who) => {
                let mail = matches!(op, Op::TakeMailBack(_)).then(|| PEOPLE[*who].1);
                self.host.store.account_mut(&Walk::id(*who)).email = mail.map(str::to_owned);
                self.model.people[*who].mail = mail.map(str::to_lowercase);
            }
            Op::Step(_) | Op::Crash(_) | Op::CommitChange => {}
        }
        self.compare();
        self.log.check(&self.host);
    }

    fn turn_clock(&mut self, seconds: i64) {
        self.model.now += seconds;
        self.host.now = kouling::Moment::from_unix(self.model.now);
    }

    fn send(&mut self, typed: &str, asks: &Asks, peer: u8, captcha: CaptchaPick) {
        let purpose = if asks.is_update { Purpose::UpdatePassword } else { Purpose::ForgotPassword };
        let mut request = self.host.send_request(caller(asks.client, asks.device), typed, purpose);
        request.peer = format!("192.0.2.{peer}");
        match captcha {
            CaptchaPick::Solved => {}
            CaptchaPick::None => request.captcha_token = None,
            CaptchaPick::Used => {
                for captcha in &mut self.host.store.captchas {
                    captcha.state = kouling::flow::CaptchaState::Used;
                }
            }
        }
        let before = self.host.store.codes().count();
        let answer = self.host.send_it(&request);
        let sent: Vec<_> = self.host.store.codes().skip(before).collect();
        let expected = self.model.send(asks, peer, matches!(captcha, CaptchaPick::Solved));
        let word = answer.map_or_else(|refusal| refusal.code().to_owned(), |()| "sent".to_owned());
        let (name, answered, count) = match expected {
            Sending::Sent => ("sent", "sent", 1),
            Sending::Withheld => ("withheld", "sent", 0),
            Sending::Limited => ("limited", "reset.limit_reached", 0),
            Sending::NotSent => ("not sent", "reset.not_sent", 0),
        };
        assert_eq!((word.as_str(), sent.len()), (answered, count), "asked for a code");
        self.tally.note(name);
        if let Some((to, code)) = sent.first() {
            let code = (*code).to_owned();
            self.log.sent(Sent { text: code.clone(), asks: asks.clone(), at: self.model.now, to: (*to).clone() });
            self.model.sent(asks, code);
        }
    }

    fn pick_code(&self, pick: CodePick, address: &str) -> String {
        let mut of_address = self.model.codes.iter().rev().filter(|code| code.address == address);
        let picked = match pick {
            CodePick::Newest => of_address.next(),
            CodePick::Older => of_address.nth(1),
            CodePick::OfAnybody => self.model.codes.last(),
            CodePick::Wrong => None,
        };
        picked.map_or_else(|| "WRONGWRONGWRONGW".to_owned(), |code| code.text.clone())
    }

    /// Who submits: whoever asked for the code, but for one thing.
    fn asks(&self, submission: &Submission) -> Asks {
        let codes = &self.model.codes;
        let mut asks = match codes.iter().rev().nth(submission.of).or(codes.last()) {
            Some(code) => Asks {
                address: code.address.clone(),
                is_update: code.is_update,
                client: code.client,
                device: code.device,
                session: code.owner.filter(|_| code.is_update),
            },
            None => {
                let address = ADDRESSES[0].1.to_owned();
                Asks { address, is_update: false, client: 1, device: 1, session: None }
            }
        };
        match submission.swap {
            Swap::Nothing => {}
            Swap::Address(n) => ADDRESSES[n].1.clone_into(&mut asks.address),
            Swap::Client => asks.client = 3 - asks.client,
            Swap::Device => asks.device = 3 - asks.device,
            Swap::Purpose(who) => asks.session = if asks.session.is_some() { None } else { Some(who) },
            Swap::User => asks.session = asks.session.map(|who| 1 - who),
        }
        asks.is_update = asks.session.is_some();
        asks
    }

    fn begin(&mut self, submission: &Submission) -> (Flight<'e>, Trip) {
        let asks = self.asks(submission);
        let spelled = |(_, meant): &&(&str, &str)| *meant == asks.address;
        let (typed, meant) = ADDRESSES.iter().rev().find(spelled).expect("an address of the walk");
        self.typed += 1;
        let n = self.typed;
        let password = match submission.password {
            PasswordPick::Fresh => format!("Fresh-password-{n}-for-all"),
            PasswordPick::Decomposed => format!("Caf{}-password-{n}-for-all", "e\u{301}"),
            PasswordPick::Short => format!("s{n}"),
            PasswordPick::WithNul => format!("Fresh-password-{n}\0-for-all"),
        };
        let code = self.pick_code(submission.code, meant);
        let typed = Typed {
            caller: caller(asks.client, asks.device),
            address: (*typed).to_owned(),
            channel: channel_of(typed),
            code: code.clone(),
            password: password.clone(),
            signed_in: asks.session.map(Walk::id),
        };
        let trip = Trip { asks, code, password, began: self.model.now, place: Place::Arrived };
        let before = self.host.store.clone();
        let flight = self.host.begin(&typed);
        assert!(self.host.store == before, "10: a beginning changes nothing");
        (flight, trip)
    }

    /// One step of both; `None` when it is over.
    fn step(&mut self, flight: Flight<'e>, mut trip: Trip) -> Option<(Flight<'e>, Trip)> {
        let looks = matches!(flight.next, Next::LookUpChallenge { .. } | Next::LookUpAccount { .. });
        let was = trip.place.clone();
        self.log.watch(&flight, &trip);
        let before = self.host.store.clone();
        let stepped = flight.step(&mut self.host).unwrap_or_else(|ending| panic!("ended early: {ending:?}"));
        assert!(!looks || self.host.store == before, "10: a look changes nothing");
        self.log.watch(&stepped, &trip);
        self.model.step(&mut trip);
        if let (Place::Found(_), Place::Compared(_) | Place::Over(_)) = (&was, &trip.place) {
            let pairs = before.challenges.iter().zip(&self.host.store.challenges);
            match pairs.map(|(was, is)| (was, is.read())).find(|(was, is)| was.read() != *is) {
                Some((_, counted)) => {
                    let right = matches!(stepped.next, Next::LookUpAccount { .. });
                    self.log.compared(&counted, &trip, right);
                }
                None => self.tally.note("budget spent"),
            }
        }
        let over = matches!(stepped.next, Next::Refused(..) | Next::CannotJudge(..) | Next::Done);
        if !over {
            assert!(!matches!(trip.place, Place::Over(_)), "the model says {:?}, the flow goes on", trip.place);
            return Some((stepped, trip));
        }
        let Err(ending) = stepped.step(&mut self.host) else { panic!("an end has an end") };
        let Place::Over(expected) = trip.place else { panic!("the flow says {ending:?}, the model goes on") };
        assert_eq!(ending.code(), expected, "{trip:?}");
        self.tally.note(match (expected, &was) {
            ("done", _) if trip.asks.session.is_some() => "done signed in",
            ("reset.code_refused", Place::Judged(_)) => "outrun",
            _ => expected,
        });
        if expected == "done" {
            self.log.done(&trip, &before, &self.host);
        }
        None
    }

    fn begin_change(&mut self, who: usize, right: bool) {
        self.typed += 1;
        let new = format!("Changed-password-{}", self.typed);
        let person = &self.model.people[who];
        let old = if right { person.passwords.last().cloned() } else { Some("not the old one".to_owned()) };
        let leave = self.host.begin_change(&caller(1, 1), &Walk::id(who), old.as_deref(), &new);
        assert_eq!(leave.is_ok(), right && person.is_active, "a change needs the old password");
        if let Ok(leave) = leave {
            self.changes.push((who, person.passwords.len(), new, leave));
        }
    }

    fn commit_change(&mut self) {
        let (who, known, new, leave) = self.changes.remove(0);
        let written = self.host.commit(leave);
        assert_eq!(written, self.model.change(who, known, &new), "a change over what was looked up");
        self.tally.note(if written { "changed" } else { "change outrun" });
        if written {
            self.log.changed(who);
        }
    }

    /// The store and the model say the same.
    fn compare(&self) {
        for (who, person) in self.model.people.iter().enumerate() {
            let id = Walk::id(who);
            let opens: Vec<bool> =
                person.passwords.iter().map(|password| self.host.opens(&id, password)).collect();
            let current = opens.len() - 1;
            let expected: Vec<bool> = (0..opens.len()).map(|n| n == current).collect();
            assert_eq!(opens, expected, "16: the current password opens {id}, and no other");
            let sessions = self.host.store.sessions.iter().filter(|(_, owner)| *owner == id).count();
            assert_eq!(sessions, person.sessions, "7: sessions of {id}");
        }
        let kept: Vec<(bool, u64)> = self
            .host
            .store
            .challenges
            .iter()
            .map(|stored| stored.read())
            .map(|challenge| (challenge.state() == ChallengeState::Valid, challenge.submissions_left()))
            .collect();
        let codes: Vec<(bool, u64)> = self.model.codes.iter().map(|code| (code.is_valid, code.left)).collect();
        assert_eq!(kept, codes, "the codes: whether they live, and what is left");
        let events = self.host.store.events.iter().filter(|(key, _)| key.starts_with("wrong:"));
        let mut counted: Vec<Vec<i64>> = events.map(|(_, at)| at.iter().map(|at| at.unix()).collect()).collect();
        let mut wrong: Vec<Vec<i64>> = self.model.wrong.values().cloned().collect();
        for lists in [&mut counted, &mut wrong] {
            lists.iter_mut().for_each(|list| list.sort_unstable());
            lists.retain(|list| !list.is_empty());
            lists.sort();
        }
        assert_eq!(counted, wrong, "5: wrong submissions by account");
    }
}
