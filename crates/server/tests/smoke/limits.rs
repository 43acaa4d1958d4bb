//! Limits of the whole program: on guesses, memory and connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use chit_chat_contract::{Engine, until};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::client::PASSWORD;
use crate::database::FreshDatabase;
use crate::program::Server;

const MEBIBYTE: usize = 1024 * 1024;

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

#[cfg(target_os = "linux")]
fn connect_from(client: [u8; 4], server: &Server) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from((client, 0)).into()).unwrap();
    let address: std::net::SocketAddr = server.url.strip_prefix("http://").unwrap().parse().unwrap();
    socket.connect(&address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Signs in, and returns the status of the response.
fn sign_in(server: &Server, headers: &str, body: &[u8]) -> u16 {
    let mut stream = connect(server);
    let head = "POST /api/auth/session HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";
    write!(stream, "{head}Content-Length: {}\r\n{headers}\r\n", body.len()).unwrap();
    // A server that has already refused need not read the rest.
    drop(stream.write_all(body));
    status(&mut stream)
}

fn status(stream: &mut TcpStream) -> u16 {
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    str::from_utf8(&start).unwrap().strip_prefix("HTTP/1.1 ").unwrap().parse().unwrap()
}

#[test]
fn guesses_are_limited_by_forwarded_address() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let limit = ("LOGIN_FAILURES_PER_NAME", "2/1h");
    let server = Server::start_with(&place, &[limit, ("RATE_LIMITS", "on")]);
    server.client().sign_up("ann");
    let guess = |server: &Server, address: &str, password: &str| {
        let body = json!({"username": "ann", "password": password}).to_string();
        sign_in(server, &format!("X-Forwarded-For: {address}\r\n"), body.as_bytes())
    };
    assert_eq!(guess(&server, "192.0.2.1", "wrong"), 401);
    assert_eq!(guess(&server, "192.0.2.2", "wrong"), 401);
    assert_eq!(guess(&server, "192.0.2.3", PASSWORD), 429);
    assert_eq!(server.log().matches("TRUSTED_PROXIES").count(), 1, "{}", server.log());

    let proxies = ("TRUSTED_PROXIES", "10.0.0.0/8,127.0.0.1");
    let server = Server::start_with(&place, &[limit, proxies, ("RATE_LIMITS", "on")]);
    assert_eq!(guess(&server, "192.0.2.1", "wrong"), 401);
    assert_eq!(guess(&server, "198.51.100.1, 192.0.2.1, 10.0.0.1", "wrong"), 401);
    assert_eq!(guess(&server, "192.0.2.1", PASSWORD), 429);
    assert_eq!(guess(&server, "192.0.2.2", PASSWORD), 200);
    assert!(!server.log().contains("TRUSTED_PROXIES"));
}

#[test]
fn default_limits_allow_ordinary_use() {
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start_with(&place, &[("RATE_LIMITS", "on")]);
    let ((ann, _), _) = (server.client().sign_up("ann"), server.client().sign_up("bob"));
    let room = ann.expect(201, "POST", "/api/chatrooms", &json!({"name": "Plans"}));
    let messages = format!("/api/chatrooms/{}/messages", room["id"].as_str().unwrap());
    for _ in 0..100 {
        ann.expect(201, "POST", &messages, &json!({"body": "hello"}));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn compressed_bombs_use_little_memory() {
    const BOMBS: usize = 16;
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start(&place);
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    let spaces = vec![b' '; MEBIBYTE];
    (0..64).for_each(|_| bomb.write_all(&spaces).unwrap());
    let bomb = bomb.finish().unwrap();
    assert_eq!(sign_in(&server, "Content-Encoding: gzip\r\n", &bomb), 413);
    let before = peak(&server);
    thread::scope(|scope| {
        for _ in 0..BOMBS {
            scope.spawn(|| assert_eq!(sign_in(&server, "Content-Encoding: gzip\r\n", &bomb), 413));
        }
        for _ in 0..BOMBS {
            scope.spawn(|| assert_eq!(sign_in(&server, "", &spaces[..MEBIBYTE]), 413));
        }
    });
    let grown = peak(&server) - before;
    assert!(grown < 2 * BOMBS * 8 * MEBIBYTE, "{grown} bytes");
}

/// The peak memory of the server, in bytes.
#[cfg(target_os = "linux")]
fn peak(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn connections_beyond_limit_wait() {
    const ALLOWED: usize = 4;
    const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n";
    let place = FreshDatabase::new(Engine::Sqlite);
    let server = Server::start_with(&place, &[("MAX_CONNECTIONS", "4")]);
    let before = sockets(&server);
    // Each in a network of its own: who holds more than others is refused.
    let mut clients: Vec<TcpStream> = (0..30).map(|network| connect_from([127, 0, network, 1], &server)).collect();
    for client in &mut clients {
        client.write_all(REQUEST).unwrap();
    }
    until("some are held", || sockets(&server) > before);
    for mut client in clients {
        // Each client holds its connection until it is dropped, so waiting ones are served only then.
        assert_eq!(status(&mut client), 200);
        let held = sockets(&server) - before;
        // Each connection uses a second descriptor, and one may be accepted but not served yet.
        assert!(held <= 2 * (ALLOWED + 2), "{held}");
    }
}

#[cfg(target_os = "linux")]
fn sockets(server: &Server) -> usize {
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let targets = descriptors.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}
