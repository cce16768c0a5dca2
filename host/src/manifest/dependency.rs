//! Dependencies of a component: which import is meant, who provides it, and what the provider may use.

use semver::Version;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A part of a component's configuration that a dependency can inherit (`inherit_configuration`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Configuration {
    /// The network that `allowed_outbound_hosts` opens.
    AllowedOutboundHosts,
    /// The stores in `key_value_stores`.
    KeyValueStores,
    /// The variables of `[component.….variables]`.
    Variables,
    /// Language models; never offered by this host.
    AiModels,
    /// Environment values; never offered by this host.
    Environment,
    /// Files; never offered by this host.
    Files,
    /// SQLite databases; never offered by this host.
    SqliteDatabases,
}

impl Configuration {
    const ALL: [Self; 7] = [
        Self::AllowedOutboundHosts,
        Self::KeyValueStores,
        Self::Variables,
        Self::AiModels,
        Self::Environment,
        Self::Files,
        Self::SqliteDatabases,
    ];

    /// The name in a manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::AllowedOutboundHosts => "allowed_outbound_hosts",
            Self::KeyValueStores => "key_value_stores",
            Self::Variables => "variables",
            Self::AiModels => "ai_models",
            Self::Environment => "environment",
            Self::Files => "files",
            Self::SqliteDatabases => "sqlite_databases",
        }
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Configuration {
    type Err = UnknownConfiguration;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| UnknownConfiguration(name.to_owned()))
    }
}

/// `inherit_configuration` names something that no component has.
#[derive(Debug, thiserror::Error)]
#[error(
    "`inherit_configuration` cannot have `{0}`: the names are allowed_outbound_hosts, key_value_stores, variables, ai_models, environment, files and sqlite_databases"
)]
pub struct UnknownConfiguration(String);

/// What a dependency inherits from the component that it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inheritance {
    /// Everything that the component has.
    All,
    /// Only this; nothing when it is empty.
    Only(BTreeSet<Configuration>),
}

impl Inheritance {
    /// Whether `configuration` is inherited.
    pub fn includes(&self, configuration: Configuration) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(&configuration),
        }
    }
}

/// One entry of `[component.….dependencies]`.
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The imports that it satisfies.
    pub name: DependencyName,
    /// Id of the component that provides them.
    pub component: String,
    /// What that component may use.
    pub inheritance: Inheritance,
}

/// `namespace:package[/interface][@version]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyName {
    package: String,
    interface: Option<String>,
    version: Option<Version>,
}

/// How an import of a component relates to the name of a dependency.
#[derive(Debug, PartialEq, Eq)]
pub enum Match {
    /// The dependency provides it.
    Yes,
    /// The dependency names the same interface in another version.
    OtherVersion,
    /// It is another interface.
    No,
}

impl DependencyName {
    /// Whether the import `import` (`namespace:package/interface[@version]`) is meant. A version, where the name has
    /// one, must be equal: Spin accepts no other, not even a compatible one.
    pub fn matches(&self, import: &str) -> Match {
        let (path, version) = split_version(import);
        let Some((package, interface)) = path.split_once('/') else { return Match::No };
        if package != self.package || self.interface.as_deref().is_some_and(|wanted| wanted != interface) {
            return Match::No;
        }
        match &self.version {
            Some(wanted) if version != Some(wanted.to_string().as_str()) => Match::OtherVersion,
            _ => Match::Yes,
        }
    }
}

impl fmt::Display for DependencyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.package)?;
        if let Some(interface) = &self.interface {
            write!(f, "/{interface}")?;
        }
        if let Some(version) = &self.version {
            write!(f, "@{version}")?;
        }
        Ok(())
    }
}

/// A dependency's name is not `namespace:package[/interface][@version]`.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not the name of a dependency: write `namespace:package/interface` or `namespace:package/interface@1.2.3`"
)]
pub struct InvalidDependencyName(String);

impl FromStr for DependencyName {
    type Err = InvalidDependencyName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidDependencyName(name.to_owned());
        let (path, version) = split_version(name);
        let version = version.map(Version::parse).transpose().map_err(|_| invalid())?;
        let (package, interface) = match path.split_once('/') {
            Some((package, interface)) => (package, Some(interface.to_owned())),
            None => (path, None),
        };
        let parts = package.split(':').chain(interface.as_deref());
        if package.split(':').count() != 2 || parts.clone().any(|part| !is_kebab_case(part)) {
            return Err(invalid());
        }
        Ok(Self { package: package.to_owned(), interface, version })
    }
}

/// Splits `path@version`.
pub fn split_version(name: &str) -> (&str, Option<&str>) {
    match name.split_once('@') {
        Some((path, version)) => (path, Some(version)),
        None => (name, None),
    }
}

fn is_kebab_case(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
