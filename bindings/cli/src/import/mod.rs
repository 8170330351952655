//! Translates the password policies of other products to Kouling's TOML: one file per format.
//!
//! A format reads files into entries with their places, takes the settings that it knows, and writes them to a `Draft` with
//! their origins. `rules/peers.toml` states how a policy expresses the settings of a product. The result always loads: if it does
//! not, the errors are reported at the entries that they come from.

mod active_directory;
mod auth0;
mod authentik;
mod cognito;
mod directory_389;
mod django;
mod draft;
mod freeipa;
mod json;
mod keycloak;
mod kratos;
mod ldif;
mod login_defs;
mod okta;
mod openldap;
mod passwdqc;
mod ppm;
mod pwquality;
mod python;
mod set;
mod source;
mod yaml;
mod zitadel;

use clap::ValueEnum;
use kouling::Loader;
use kouling::policy::Memory;
use kouling::policy::document::Start;

use draft::Draft;
pub use draft::Untranslated;
use set::Set;
pub use source::{Input, Problem};
use source::{Place, Text};

/// A format that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// libpwquality: pwquality.conf, and folders pwquality.conf.d
    Pwquality,
    /// passwdqc: passwdqc.conf
    Passwdqc,
    /// shadow: login.defs
    LoginDefs,
    /// Keycloak: a policy such as `length(8) and digits(1)`, or the JSON of a realm
    Keycloak,
    /// ppm for OpenLDAP: ppm.conf, the content of pwdCheckModuleArg
    Ppm,
    /// OpenLDAP: LDIF with entries of pwdPolicy
    Openldap,
    /// 389 Directory Server, RHDS: LDIF with cn=config and local policies
    #[value(name = "389-ds")]
    DirectoryServer389,
    /// Active Directory: the .inf of `secedit /export`, and LDIF with password settings objects
    ActiveDirectory,
    /// FreeIPA: output of `ipa pwpolicy-find --all` or `ipa pwpolicy-show`
    Freeipa,
    /// Django: a settings module with AUTH_PASSWORD_VALIDATORS
    Django,
    /// Ory Kratos: the YAML or JSON configuration
    Kratos,
    /// Okta: JSON of the Policy API, one policy or a list
    Okta,
    /// Amazon Cognito: JSON of `describe-user-pool`
    Cognito,
    /// Auth0: JSON of a connection
    Auth0,
    /// Zitadel: JSON of the settings for complexity, expiry and lockout
    Zitadel,
    /// authentik: JSON of the password policies
    Authentik,
}

impl Format {
    /// Returns the format of a name, such as `389-ds`.
    pub fn named(name: &str) -> Option<Format> {
        Format::from_str(name, false).ok()
    }
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format::Pwquality,
    Format::Passwdqc,
    Format::LoginDefs,
    Format::Keycloak,
    Format::Ppm,
    Format::Openldap,
    Format::DirectoryServer389,
    Format::ActiveDirectory,
    Format::Freeipa,
    Format::Django,
    Format::Kratos,
    Format::Okta,
    Format::Cognito,
    Format::Auth0,
    Format::Zitadel,
    Format::Authentik,
];

/// The result of an import.
#[derive(Debug)]
pub struct Imported {
    /// The files: names, and contents. The first is the policy or the policy set.
    pub files: Vec<(String, String)>,
    /// What was not translated, in the order of the files.
    pub untranslated: Vec<Untranslated>,
}

/// The result of a format.
enum Translated {
    Policy(Draft),
    Set(Set),
}

/// The name of the file of the policy or the policy set.
pub(crate) const POLICY_FILE: &str = "policy.toml";

/// Translates files to a policy or a policy set.
///
/// # Errors
/// Every error that was found in the files, with its place.
pub fn translate(format: Format, inputs: &[Input]) -> Result<Imported, Vec<Problem>> {
    let decoded: Vec<Result<Text, Problem>> = inputs.iter().map(Text::decode).collect();
    let problems: Vec<Problem> = decoded.iter().filter_map(|text| text.as_ref().err().cloned()).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let texts: Vec<Text> = decoded.into_iter().flatten().collect();
    let translated = match format {
        Format::Pwquality => pwquality::translate(&texts),
        Format::Passwdqc => passwdqc::translate(&texts),
        Format::LoginDefs => login_defs::translate(&texts),
        Format::Keycloak => keycloak::translate(&texts),
        Format::Ppm => ppm::translate(&texts),
        Format::Openldap => openldap::translate(&texts),
        Format::DirectoryServer389 => directory_389::translate(&texts),
        Format::ActiveDirectory => active_directory::translate(&texts),
        Format::Freeipa => freeipa::translate(&texts),
        Format::Django => django::translate(&texts),
        Format::Kratos => kratos::translate(&texts),
        Format::Okta => okta::translate(&texts),
        Format::Cognito => cognito::translate(&texts),
        Format::Auth0 => auth0::translate(&texts),
        Format::Zitadel => zitadel::translate(&texts),
        Format::Authentik => authentik::translate(&texts),
    };
    let names: Vec<&str> = texts.iter().map(|text| text.file.as_ref()).collect();
    let command = format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    let head = format!("Translated from {} by `kouling import {command}`.", source::shown(&names.join(", ")));
    let files = match translated.map_err(|problem| vec![problem])? {
        Translated::Policy(draft) => vec![Written::of(POLICY_FILE.to_owned(), draft, &head)?],
        Translated::Set(set) => set.write(&head)?,
    };
    check(&texts, &files)?;
    let mut imported = Imported { files: Vec::new(), untranslated: Vec::new() };
    let mut word_lists = Vec::new();
    for mut written in files {
        imported.files.push((written.name, written.text));
        imported.untranslated.append(&mut written.untranslated);
        word_lists.append(&mut written.word_lists);
    }
    imported.files.append(&mut word_lists);
    Ok(imported)
}

/// A written policy.
struct Written {
    name: String,
    text: String,
    /// Where each line comes from.
    places: Vec<Option<Place>>,
    untranslated: Vec<Untranslated>,
    word_lists: Vec<(String, String)>,
}

impl Written {
    fn of(name: String, mut draft: Draft, head: &str) -> Result<Written, Vec<Problem>> {
        if !draft.problems.is_empty() {
            return Err(std::mem::take(&mut draft.problems));
        }
        let (text, places) = draft.to_toml(head);
        // A heading, so that no word is read as one.
        let list = |(name, words): &(String, Vec<String>)| {
            let heading = name.trim_end_matches(".txt").to_owned();
            (
                name.clone(),
                format!(
                    "# {heading}
{}
",
                    words.join(
                        "
"
                    )
                ),
            )
        };
        let word_lists = draft.word_lists.iter().map(list);
        Ok(Written { name, text, places, word_lists: word_lists.collect(), untranslated: draft.untranslated })
    }
}

/// Loads the written policies. Reports errors at the entries that they come from.
fn check(texts: &[Text], files: &[Written]) -> Result<(), Vec<Problem>> {
    let lists = files.iter().flat_map(|file| &file.word_lists);
    let memory = files.iter().map(|file| (&file.name, &file.text)).chain(lists.map(|(name, words)| (name, words)));
    let memory = memory.fold(Memory::default(), |memory, (name, text)| memory.with(name.clone(), text.as_bytes()));
    let Some(first) = files.first() else { return Ok(()) };
    let loaded = Loader::new().with_source(memory).load_set(Start::Text(&first.name, &first.text));
    let Err(error) = loaded else { return Ok(()) };
    let start = texts.first().map_or(Place { file: "input".into(), line: 1, column: 1 }, |text| text.place(1, 1));
    let problem = |diagnostic: &kouling::Diagnostic| {
        let file = files.iter().find(|file| diagnostic.file.ends_with(&file.name));
        let place = file.and_then(|file| file.places.get(diagnostic.line.saturating_sub(1))?.clone());
        let message = format!("a policy cannot express this: {} [{}]", diagnostic.message, diagnostic.id);
        Problem::new(place.as_ref().unwrap_or(&start), message)
    };
    Err(error.diagnostics().iter().map(problem).collect())
}
