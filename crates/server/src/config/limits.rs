//! Options that limit the load on the server.

use std::net::IpAddr;
use std::thread::available_parallelism;
use std::time::Duration;

use chit_chat_http::{AllowedOrigins, AtOnce, Budget, Capacity, Limits, Proxies, Rate, Rates};
use clap::Args;
use ipnet::IpNet;

const MEBIBYTE: usize = 1024 * 1024;
/// The least memory, whose eighth has room for the largest response, and the most.
const TRANSFER_MEMORY_MIB: std::ops::RangeInclusive<usize> = 32..=1_048_576;
const MAX_CONNECTIONS: u32 = 1_000_000;
/// The time for which a connection is idle before it makes room for another.
const MIN_IDLE: Duration = Duration::from_secs(5);
/// More would only wait for the store's connections.
const MAX_AT_ONCE: usize = 24;
/// The time for which a read that counts as one may keep a connection to the database.
const TIME_OF_A_READ: Duration = Duration::from_millis(10);

/// Room for the longest message of the default limit in every script.
const MIN_STORAGE: u64 = 64 << 10;
const MAX_STORAGE: u64 = 1024 << 40;

#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitOptions {
    /// Rate limits for failed logins, sign-ups and writes: on or off.
    #[arg(long, env, global = true, default_value = "on", value_parser = switch)]
    rate_limits: Switch,
    /// Wrong passwords for one account from one address, as COUNT/PERIOD (s, m or h).
    #[arg(long, env, global = true, default_value = "10/15m", value_name = "RATE",
        value_parser = |text: &str| rate("LOGIN_FAILURES_PER_NAME", text))]
    login_failures_per_name: Rate,
    /// Wrong passwords and refresh tokens from one address.
    #[arg(long, env, global = true, default_value = "100/15m", value_name = "RATE",
        value_parser = |text: &str| rate("LOGIN_FAILURES_PER_ADDRESS", text))]
    login_failures_per_address: Rate,
    /// Sign-ups from one address.
    #[arg(long, env, global = true, default_value = "20/1h", value_name = "RATE",
        value_parser = |text: &str| rate("SIGN_UPS_PER_ADDRESS", text))]
    sign_ups_per_address: Rate,
    /// Passwords checked for one account from one address, right ones too.
    #[arg(long, env, global = true, default_value = "60/15m", value_name = "RATE",
        value_parser = |text: &str| rate("PASSWORD_CHECKS_PER_NAME", text))]
    password_checks_per_name: Rate,
    /// Passwords checked for one address, right ones too.
    #[arg(long, env, global = true, default_value = "600/15m", value_name = "RATE",
        value_parser = |text: &str| rate("PASSWORD_CHECKS_PER_ADDRESS", text))]
    password_checks_per_address: Rate,
    /// Refreshes of the tokens of one user from one address.
    #[arg(long, env, global = true, default_value = "60/1m", value_name = "RATE",
        value_parser = |text: &str| rate("REFRESHES_PER_USER", text))]
    refreshes_per_user: Rate,
    /// Reading requests by one user; a large page, HTML or a search counts as several.
    #[arg(long, env, global = true, default_value = "6000/1m", value_name = "RATE",
        value_parser = |text: &str| rate("READS_PER_USER", text))]
    reads_per_user: Rate,
    /// Writing requests by one user; a large body or many members count as several.
    #[arg(long, env, global = true, default_value = "600/1m", value_name = "RATE",
        value_parser = |text: &str| rate("WRITES_PER_USER", text))]
    writes_per_user: Rate,
    /// Requests of one user that may use the database at once, reads and writes apart, up to half of its
    /// connections; further ones wait.
    #[arg(long, env, global = true, default_value_t = AtOnce::default().per_user, value_name = "COUNT",
        value_parser = |text: &str| positive("REQUESTS_AT_ONCE_PER_USER", MAX_AT_ONCE, text))]
    requests_at_once_per_user: usize,
    /// The same for one address, up to three quarters of the connections.
    #[arg(long, env, global = true, default_value_t = AtOnce::default().per_address, value_name = "COUNT",
        value_parser = |text: &str| positive("REQUESTS_AT_ONCE_PER_ADDRESS", MAX_AT_ONCE, text))]
    requests_at_once_per_address: usize,
    /// Bytes of messages and other entries that one user may store, such as 500MiB, or off.
    #[arg(long, env, global = true, default_value = "1GiB", value_name = "SIZE", value_parser = storage)]
    storage_per_user: Quota,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is trusted, as in `10.0.0.0/8,::1`.
    #[arg(long, env, global = true, default_value = "", hide_default_value = true, value_name = "LIST",
        value_parser = nets)]
    trusted_proxies: Nets,
    /// Origins whose web pages may use the API from a browser, or `*`; none by default.
    #[arg(long, env, global = true, default_value = "", hide_default_value = true, value_name = "LIST",
        value_parser = origins)]
    pub(crate) cors_origins: AllowedOrigins,
    /// Concurrent connections; when all are taken, the largest holder makes room.
    #[arg(long, env, global = true, default_value_t = 8_000, value_parser = connections)]
    pub(crate) max_connections: u32,
    /// Concurrent connections from one address, by default a quarter of all; further ones are closed at once. Trusted
    /// proxies have no limit, but each of their clients has it for requests and streams.
    #[arg(long, env, global = true, value_name = "COUNT",
        value_parser = |text: &str| positive("CONNECTIONS_PER_ADDRESS", MAX_CONNECTIONS as usize, text))]
    connections_per_address: Option<usize>,
    /// MiB of memory for request bodies that are arriving and responses that wait to be read; a sixteenth
    /// for each user, an eighth for each address, a quarter for each network. Beyond it, clients get 503.
    #[arg(long, env, global = true, default_value_t = 256, value_name = "MIB",
        value_parser = transfer_memory)]
    transfer_memory_mib: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Switch {
    On,
    Off,
}

/// A newtype, because clap treats a bare `Vec` as an option that may be repeated.
#[derive(Clone, Debug)]
struct Nets(Vec<IpNet>);

/// Bytes, or no limit. A newtype, because clap treats a bare `Option` as an option that may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Quota(Option<u64>);

/// The number of worker threads, and of connections for each. Their product never exceeds the
/// allowed connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Workers {
    pub(crate) count: usize,
    pub(crate) connections_each: usize,
}

impl LimitOptions {
    pub(crate) fn limits(&self) -> Option<Limits> {
        let rates = Rates {
            login_failures_per_name: self.login_failures_per_name,
            login_failures_per_address: self.login_failures_per_address,
            password_checks_per_name: self.password_checks_per_name,
            password_checks_per_address: self.password_checks_per_address,
            refreshes_per_user: self.refreshes_per_user,
            sign_ups_per_address: self.sign_ups_per_address,
            reads_per_user: self.reads_per_user,
            time_of_a_read: TIME_OF_A_READ,
            writes_per_user: self.writes_per_user,
        };
        (self.rate_limits == Switch::On).then(|| Limits::new(rates))
    }

    pub(crate) fn capacity(&self, workers: Workers) -> Capacity {
        Capacity {
            per_worker: workers.connections_each,
            per_address: self.connections_per_address.unwrap_or_else(|| share_of_address(self.max_connections)),
            idle: MIN_IDLE,
        }
    }

    pub(crate) fn proxies(&self) -> Proxies {
        Proxies::new(self.trusted_proxies.0.clone())
    }

    pub(crate) fn transfer_memory(&self) -> Budget {
        Budget::new(self.transfer_memory_mib * MEBIBYTE)
    }

    pub(crate) fn at_once(&self) -> AtOnce {
        AtOnce { per_user: self.requests_at_once_per_user, per_address: self.requests_at_once_per_address }
    }

    pub(crate) fn storage_per_user(&self) -> Option<u64> {
        self.storage_per_user.0
    }

    pub(crate) fn workers(&self) -> Workers {
        let processors = available_parallelism().map_or(1, usize::from);
        Workers::share(processors, usize::try_from(self.max_connections).unwrap_or(usize::MAX))
    }
}

/// The share of an address unless it is configured: three of them leave room for others.
fn share_of_address(connections: u32) -> usize {
    usize::try_from(connections / 4).map_or(usize::MAX, |share| share.max(1))
}

impl Workers {
    fn share(processors: usize, connections: usize) -> Self {
        let count = processors.min(connections);
        Self { count, connections_each: connections / count.max(1) }
    }
}

fn switch(text: &str) -> Result<Switch, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" => Ok(Switch::On),
        "off" => Ok(Switch::Off),
        _ => Err("RATE_LIMITS must be on or off".to_owned()),
    }
}

fn connections(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=MAX_CONNECTIONS).contains(number));
    number.ok_or_else(|| format!("MAX_CONNECTIONS must be a number from 1 to {MAX_CONNECTIONS}"))
}

fn transfer_memory(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| TRANSFER_MEMORY_MIB.contains(number));
    let (least, most) = (TRANSFER_MEMORY_MIB.start(), TRANSFER_MEMORY_MIB.end());
    number.ok_or_else(|| format!("TRANSFER_MEMORY_MIB must be a number from {least} to {most}"))
}

fn positive(variable: &str, most: usize, text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("{variable} must be a number from 1 to {most}"))
}

fn storage(text: &str) -> Result<Quota, String> {
    let text = text.to_ascii_lowercase();
    if text == "off" {
        return Ok(Quota(None));
    }
    let unit = [("kib", 10), ("mib", 20), ("gib", 30), ("tib", 40)];
    let bytes = unit.iter().find_map(|(suffix, bits)| {
        let count: u64 = text.strip_suffix(suffix)?.trim().parse().ok()?;
        count.checked_mul(1 << bits).filter(|bytes| (MIN_STORAGE..=MAX_STORAGE).contains(bytes))
    });
    bytes.map(|bytes| Quota(Some(bytes))).ok_or_else(|| {
        "STORAGE_PER_USER must be off, or a size from 64KiB to 1024TiB in KiB, MiB, GiB or TiB".to_owned()
    })
}

fn rate(variable: &str, text: &str) -> Result<Rate, String> {
    text.parse().map_err(|why| format!("{variable} {why}"))
}

fn nets(list: &str) -> Result<Nets, String> {
    let parts = list.split(',').map(str::trim).filter(|_| !list.trim().is_empty());
    let net = |text: &str| text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
    let nets: Option<_> = parts.map(net).collect();
    let wrong = || "TRUSTED_PROXIES must be addresses and networks, such as 10.0.0.0/8,192.0.2.1,::1".to_owned();
    nets.map(Nets).ok_or_else(wrong)
}

fn origins(list: &str) -> Result<AllowedOrigins, String> {
    list.parse().map_err(|why| format!("CORS_ORIGINS {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_all_workers_respect_limit() {
        let share = |processors, connections| {
            let Workers { count, connections_each } = Workers::share(processors, connections);
            (count, connections_each)
        };
        assert_eq!(share(2, 10_000), (2, 5_000));
        assert_eq!(share(8, 100), (8, 12));
        assert_eq!(share(8, 3), (3, 1));
        assert_eq!(share(8, 1), (1, 1));
    }

    #[test]
    fn words_ignore_case() {
        assert_eq!(switch("On"), Ok(Switch::On));
        assert_eq!(switch("OFF"), Ok(Switch::Off));
        assert!(switch("maybe").unwrap_err().contains("RATE_LIMITS must be"));
    }

    #[test]
    fn max_connections_has_bounds() {
        assert_eq!((connections("1"), connections("1000000")), (Ok(1), Ok(1_000_000)));
        for wrong in ["0", "1000001", "-1", "x", "1.5"] {
            assert!(connections(wrong).unwrap_err().contains("MAX_CONNECTIONS must be"), "{wrong}");
        }
    }

    #[test]
    fn address_has_a_quarter_of_connections() {
        assert_eq!([8_000, 10, 3].map(share_of_address), [2_000, 2, 1]);
    }

    #[test]
    fn storage_is_a_size_or_off() {
        for (text, bytes) in [("64KiB", 64 << 10), ("500 mib", 500 << 20), ("1GiB", 1 << 30), ("1024TiB", 1 << 50)]
        {
            assert_eq!(storage(text), Ok(Quota(Some(bytes))), "{text}");
        }
        assert_eq!(storage("OFF"), Ok(Quota(None)));
        for wrong in
            ["", "1", "1GB", "1.5GiB", "63KiB", "0GiB", "-1GiB", "1025TiB", "99999999999999999999TiB", "on"]
        {
            assert!(storage(wrong).unwrap_err().contains("STORAGE_PER_USER must be"), "{wrong}");
        }
    }

    #[test]
    fn transfer_memory_has_bounds() {
        assert_eq!((transfer_memory("32"), transfer_memory("1048576")), (Ok(32), Ok(1_048_576)));
        for wrong in ["31", "1048577", "x", "-1"] {
            assert!(transfer_memory(wrong).unwrap_err().contains("TRANSFER_MEMORY_MIB must be"), "{wrong}");
        }
    }

    #[test]
    fn proxies_are_addresses_and_nets() {
        let parsed = |list| nets(list).map(|Nets(nets)| nets.iter().map(IpNet::to_string).collect::<Vec<_>>());
        assert_eq!(parsed("10.0.0.0/8, 192.0.2.1,::1").unwrap(), ["10.0.0.0/8", "192.0.2.1/32", "::1/128"]);
        assert_eq!(parsed(" ").unwrap(), Vec::<String>::new());
        for wrong in ["proxy", "10.0.0.0/33", "10.0.0.1,", ",", "10.0.0.1;10.0.0.2"] {
            assert!(parsed(wrong).unwrap_err().contains("TRUSTED_PROXIES must be"), "{wrong}");
        }
    }

    #[test]
    fn invalid_rate_names_its_variable() {
        assert!(rate("WRITES_PER_USER", "10/1m").is_ok());
        assert!(rate("WRITES_PER_USER", "many").unwrap_err().starts_with("WRITES_PER_USER must be COUNT/PERIOD"));
    }
}
