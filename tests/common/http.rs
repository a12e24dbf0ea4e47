//! HTTP/1.1, as much as the tests' own servers and questions need.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// A request without a body.
pub struct Request {
    /// Its first line.
    pub line: String,
    /// Path and query.
    pub target: String,
    /// The header `Authorization`.
    pub authorization: Option<String>,
}

/// Reads the next request of a connection; none at its end.
pub fn read(reader: &mut impl BufRead) -> Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut authorization = None;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                authorization = Some(value.trim().to_owned());
            }
            Some(_) => {}
            None => break,
        }
    }
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Some(Request { line: line.trim().to_owned(), target, authorization }))
}

/// Answers with a body; the connection stays open.
pub fn answer(stream: &mut impl Write, status: &str, kind: &str, body: &str) -> Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}")?;
    stream.flush()
}

/// Begins an answer that goes on in chunks.
pub fn begin_chunks(stream: &mut impl Write) -> Result<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
}

/// Hands each connection to a thread of its own, which is none of ours when its client goes away.
pub fn serve(listener: TcpListener, talk: impl Fn(TcpStream) -> Result<()> + Send + Sync + 'static) {
    let talk = Arc::new(talk);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let talk = talk.clone();
            std::thread::spawn(move || drop(talk(stream)));
        }
    });
}

/// Answers every request of a connection.
pub fn each(stream: TcpStream, mut say: impl FnMut(&mut TcpStream, Request) -> Result<()>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(request) = read(&mut reader)? {
        say(&mut stream, request)?;
    }
    Ok(())
}

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A GET; the body of a good answer, else why there is none.
pub fn get(address: &str, path: &str) -> std::result::Result<String, String> {
    get_within(address, path, TIMEOUT)
}

/// A GET whose answer may take so long.
pub fn get_within(address: &str, path: &str, timeout: Duration) -> std::result::Result<String, String> {
    ask(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"), &[], timeout)
}

/// A POST; the body of a good answer, else why there is none.
pub fn post(address: &str, path: &str, headers: &str, body: &[u8]) -> std::result::Result<String, String> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {length}\r\n{headers}\r\n");
    ask(address, &head, body, TIMEOUT)
}

fn ask(address: &str, head: &str, body: &[u8], timeout: Duration) -> std::result::Result<String, String> {
    let failed = |error: std::io::Error| format!("{address}: {error}");
    let target = address.to_socket_addrs().map_err(failed)?.next().ok_or("no address")?;
    let mut stream = TcpStream::connect_timeout(&target, timeout).map_err(failed)?;
    stream.set_read_timeout(Some(timeout)).map_err(failed)?;
    stream.write_all(head.as_bytes()).map_err(failed)?;
    stream.write_all(body).map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) =
        answer.split_once("\r\n\r\n").ok_or_else(|| format!("{address}: no HTTP: {answer}"))?;
    let line = head.lines().next().unwrap_or_default();
    match line.split(' ').nth(1).and_then(|status| status.parse().ok()) {
        Some(200..400) => Ok(body.to_owned()),
        _ => Err(format!("{address}: {line}: {body}")),
    }
}
