//! The real VictoriaMetrics and vmagent, four releases, with the very flags and files that a build
//! wrote.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, Running, free_port, must, releases, tool};
use serde_yaml::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use vmsc::deploy::flags::Program;

fn rendered(project: &Project) -> Vec<Value> {
    let chart = project.path().join("charts/dox-asdlc");
    let text =
        must(Command::new(tool("bin/helm3")).args(["template", "demo"]).arg(chart).args(["-n", "metrics"]));
    serde_yaml::Deserializer::from_str(&text).map(|d| serde::Deserialize::deserialize(d).unwrap()).collect()
}

fn object<'v>(objects: &'v [Value], kind: &str, name: &str) -> &'v Value {
    objects
        .iter()
        .find(|o| o["kind"] == kind && o["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn arguments(workload: &Value) -> Vec<String> {
    let container = &workload["spec"]["template"]["spec"]["containers"][0];
    container["args"].as_sequence().unwrap().iter().map(|a| a.as_str().unwrap().to_owned()).collect()
}

/// One HTTP request; the status and the body.
fn http(port: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "{method} {path} HTTP/1.0\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}

/// Starts a program with a build's own flags, in a folder, on a free port; returns when it is healthy.
fn start(binary: &Path, arguments: &[String], folder: &Path) -> (Running, u16) {
    let port = free_port();
    let here = |path: &str| folder.join(path.trim_start_matches('/')).display().to_string();
    let arguments: Vec<String> = arguments
        .iter()
        .map(|argument| match argument.split_once('=') {
            Some(("-httpListenAddr", _)) => format!("-httpListenAddr=127.0.0.1:{port}"),
            Some((flag, value)) if value.starts_with('/') => format!("{flag}={}", here(value)),
            _ => argument.clone(),
        })
        .collect();
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut child = Command::new(binary)
        .args(&arguments)
        .env("NODE_NAME", "node-1")
        .env("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        .env("KUBERNETES_SERVICE_PORT", "1")
        .stderr(log)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if http(port, "GET", "/health", "").is_some_and(|(status, _)| status == 200) {
            return (Running(child), port);
        }
        if let Some(status) = child.try_wait().unwrap() {
            panic!(
                "{} {arguments:?} ended with {status}:\n{}",
                binary.display(),
                fs::read_to_string(folder.join("log")).unwrap()
            );
        }
        std::thread::yield_now();
    }
}

fn scrape_files(project: &Project, objects: &[Value]) -> Vec<(&'static str, String)> {
    let map =
        |name: &str| object(objects, "ConfigMap", name)["data"]["scrape.yml"].as_str().unwrap().to_owned();
    vec![
        ("agents", map("demo-victoriametrics-vmagent")),
        ("server", map("demo-victoriametrics")),
        ("compose", project.read("docker/victoriametrics/scrape.yml")),
    ]
}

const RICH: &str = r##"
stack victoriametrics {
  version = v1.106.1
  scrape {
    job "pods" { discover = "pods" }
    job "web" {
      service  = "web:8080"
      selector { app = "web", "tier.x/y" = "a.b" }
      scheme   = "https"
      params { module = ["a", "%{HOME}"] }
      relabel  = [{ sourceLabels = ["__address__"], regex = r"(.+):\d+", targetLabel = "host", replacement = "$1" }]
      metricRelabel = [{ sourceLabels = ["__name__"], regex = "go_.*", action = "drop" }]
    }
    job "db" { targets = ["db.example.com:9187", "[2001:db8::1]:9000"], path = "/x {{ y }}" }
    extraScrapeConfigs = [{ job_name = "extra", static_configs = [{ targets = ["a:1"] }] }]
  }
  vmagent {
    namespaces = ["one"]
    extraArgs { "remoteWrite.queues" = 4, "promscrape.maxScrapeSize" = 32Mi }
  }
  server { extraArgs { "search.maxQueryDuration" = 30s, "search.maxConcurrentRequests" = 1000000 } }
  chart   { parent = "charts/dox-asdlc" }
  compose { network = "asdlc-network" }
}
"##;

fn rich() -> Project {
    let project = Project::example();
    project.write("stacks/victoriametrics.vms", RICH);
    project.build(&[]);
    project
}

/// What a program says against a scrape file, whose folder it is in; none where it takes all of it.
/// Newer releases leave out a job that they can't read, and say so in their log only.
fn refused(program: &Path, file: &Path) -> Option<String> {
    let folder = file.parent().unwrap();
    let mut command = Command::new(program);
    command
        .args(["-dryRun", "-promscrape.config.strictParse=true"])
        .arg(format!("-promscrape.config={}", file.display()))
        .env("NODE_NAME", "n")
        .current_dir(folder);
    match program.ends_with("vmagent") {
        true => command.arg("-remoteWrite.url=http://127.0.0.1:1/"),
        false => command.arg(format!("-storageDataPath={}", folder.join("data").display())),
    };
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success() || said.contains("\terror\t")).then_some(said)
}

#[test]
fn the_scrape_files_are_accepted_by_each_release() {
    for project in [Project::example(), rich()] {
        let objects = rendered(&project);
        for (name, text) in scrape_files(&project, &objects) {
            for (release, path) in releases() {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join(name);
                fs::write(&file, &text).unwrap();
                let programs: &[&str] =
                    if name == "agents" { &["vmagent"] } else { &["vmagent", "victoria-metrics"] };
                for program in programs {
                    assert_eq!(refused(&path.join(program), &file), None, "{release} {program}:\n{text}");
                }
            }
        }
    }
}

/// Rule 4: what vmsc lets pass in a whole job, the strict parser of every release takes.
#[test]
fn keys_of_nested_sections_are_those_that_are_read() {
    const JOB: &str = r#"
      kubernetes_sd_configs = [{
        role = "pod", namespaces = { names = ["a"] }, tls_config = { insecure_skip_verify = true },
        selectors = [{ role = "pod", field = "spec.nodeName=%{NODE_NAME}", label = "a=b" }]
      }]
      file_sd_configs = [{ files = ["a.yml"] }]
      dns_sd_configs  = [{ names = ["a"], type = "A", port = 80 }]
      http_sd_configs = [{ url = "http://a", basic_auth = { username = "a", password = "b" } }]
      static_configs  = [{ targets = ["a:1"], labels = { a = "b" } }]
      relabel_configs = [{ source_labels = ["a"], target_label = "b", regex = "c", replacement = "d", action = "replace" }]
      oauth2 = { client_id = "a", client_secret = "b", token_url = "http://c", scopes = ["d"] }
      tls_config = { server_name = "b", min_version = "TLS12" }
    "#;
    let project = Project::example();
    project.write(
        "stacks/victoriametrics.vms",
        &format!(
            "stack victoriametrics {{\n version = v1.106.1\n vmagent {{ extraScrapeConfigs = [{{ job_name = \"a\"\n{JOB}\n }}] }}\n chart {{ parent = \"charts/dox-asdlc\" }}\n compose {{ network = \"asdlc-network\" }}\n}}\n"
        ),
    );
    project.build(&[]);
    let objects = rendered(&project);
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str, path: &Path| {
        let file = folder.path().join("scrape.yml");
        fs::write(&file, text).unwrap();
        refused(&path.join("vmagent"), &file)
    };
    let agents = &scrape_files(&project, &objects)[0].1;
    for (release, path) in releases() {
        assert_eq!(refused(agents, &path), None, "{release}:\n{agents}");
    }
    // What only Prometheus reads is reported, and would have been refused.
    for (stack, yaml) in [
        (
            r#"dns_sd_configs = [{ names = ["a"], refresh_interval = "5m" }]"#,
            "dns_sd_configs: [{names: [a], refresh_interval: 5m}]",
        ),
        (
            r#"http_sd_configs = [{ url = "http://a", enable_http2 = true }]"#,
            "http_sd_configs: [{url: http://a, enable_http2: true}]",
        ),
        (r#"tls_config = { max_version = "TLS13" }"#, "tls_config: {max_version: TLS13}"),
    ] {
        project.write(
            "stacks/victoriametrics.vms",
            &format!("stack victoriametrics {{\n version = v1.106.1\n vmagent {{ extraScrapeConfigs = [{{ job_name = \"a\", {stack} }}] }}\n}}\n"),
        );
        assert!(project.refused(&[]).contains("error[E0550]"), "{stack}");
        for (release, path) in releases() {
            assert!(
                refused(&format!("scrape_configs:\n- job_name: a\n  {yaml}\n"), &path).is_some(),
                "{release}: {yaml}"
            );
        }
    }
}

/// Relabelling that vmsc refuses, every release refuses; a file with a wrong key too.
#[test]
fn a_wrong_scrape_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scrape.yml");
    let rule = |rule: &str| {
        let targets = "static_configs: [{targets: [\"a:1\"]}]";
        format!("scrape_configs:\n- {{job_name: x, {targets}, metric_relabel_configs: [{rule}]}}\n")
    };
    let no_source = ["keep", "drop", "hashmod", "lowercase", "uppercase", "replace_all"]
        .map(|action| rule(&format!("{{action: {action}, regex: a, target_label: b, modulus: 2}}")));
    let wrong = ["scrape_configs:\n  - job_nam: x\n".to_owned(), rule("{action: kep, source_labels: [a]}")];
    for text in wrong.iter().chain(&no_source) {
        fs::write(&file, text).unwrap();
        for (release, path) in releases() {
            assert!(refused(&path.join("vmagent"), &file).is_some(), "{release}: {text}");
        }
    }
}

#[test]
fn each_release_starts_with_the_generated_flags() {
    for project in [Project::example(), rich()] {
        let objects = rendered(&project);
        let server = arguments(object(&objects, "StatefulSet", "demo-victoriametrics"));
        let agent = arguments(object(&objects, "DaemonSet", "demo-victoriametrics-vmagent"));
        let files = scrape_files(&project, &objects);
        for (_, path) in releases() {
            let folder = tempfile::tempdir().unwrap();
            for (program, arguments, scrape) in
                [("victoria-metrics", &server, &files[1].1), ("vmagent", &agent, &files[0].1)]
            {
                let folder = folder.path().join(program);
                fs::create_dir_all(folder.join("etc/scrape")).unwrap();
                // The account's files, which discovery reads in a cluster, are absent here: the agent
                // is asked for its health only.
                let scrape = if program == "vmagent" { "scrape_configs: []\n" } else { scrape };
                fs::write(folder.join("etc/scrape/scrape.yml"), scrape).unwrap();
                drop(start(&path.join(program), arguments, &folder));
                // A value that is not taken as it is given is told so.
                let said = fs::read_to_string(folder.join("log")).unwrap();
                assert!(!said.contains("rounding"), "{program}: {said}");
            }
        }
    }
}

/// The flags that the tables have for the tested releases are those that their programs list.
#[test]
fn the_flag_tables_fit_the_programs() {
    for (release, path) in releases() {
        let version = semver::Version::parse(&release).unwrap();
        for known in [Program::VictoriaMetrics, Program::Vmagent] {
            let program = known.name();
            let output = Command::new(path.join(program)).arg("-help").output().unwrap();
            let help = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            let listed: BTreeSet<&str> = help
                .lines()
                .filter_map(|line| line.trim_start_matches(' ').strip_prefix('-'))
                .filter_map(|line| line.split([' ', '=']).next())
                .collect();
            assert!(listed.len() > 100, "{program} {release} lists its flags");
            let table = vmsc::deploy::flags::table(known);
            let told: BTreeSet<&str> = table
                .iter()
                .filter(|flag| !flag.enterprise && flag.known_in(&version))
                .map(|flag| flag.name)
                .collect();
            let of_table = |flag: &&&str| table.iter().any(|known| known.name == **flag && known.enterprise);
            let missing: Vec<_> = listed.difference(&told).filter(|flag| !of_table(flag)).collect();
            assert!(missing.is_empty(), "{program} {release} has {missing:?}");
            let wrong: Vec<_> = told.difference(&listed).collect();
            assert!(wrong.is_empty(), "{program} {release} does not have {wrong:?}");
        }
    }
}

/// What the server's flags promise: a sample is kept, and the orchestrator's metrics arrive.
#[test]
fn a_sample_is_kept_and_a_target_is_scraped() {
    let (_, newest) = releases().pop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // A target that answers every request with one metric.
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let target_port = target.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in target.incoming().flatten() {
            let mut stream = stream;
            let mut request = [0; 2048];
            let _ = stream.read(&mut request);
            let body = "orchestrator_tasks_total 7\n";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    let project = Project::empty();
    project.write(
        "stacks/m.vms",
        "stack m {\n  version = v1.106.1\n  scrape {\n    interval = 1s\n    job \"orchestrator\" { service = \"orchestrator:8080\" }\n  }\n}\n",
    );
    project.build(&[]);
    let scrape =
        project.read("docker/m/scrape.yml").replace("orchestrator:8080", &format!("127.0.0.1:{target_port}"));
    fs::create_dir_all(folder.path().join("etc/scrape")).unwrap();
    fs::write(folder.path().join("etc/scrape/scrape.yml"), scrape).unwrap();
    let compose: Value = serde_yaml::from_str(&project.read("docker/docker-compose.yml")).unwrap();
    let command: Vec<String> = compose["services"]["m"]["command"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|a| a.as_str().unwrap().to_owned())
        .collect();
    let (_server, port) = start(&newest.join("victoria-metrics"), &command, folder.path());
    let (status, _) = http(port, "POST", "/api/v1/import/prometheus", "written 42\n").unwrap();
    assert_eq!(status, 204);
    let export = |metric: &str| http(port, "GET", &format!("/api/v1/export?match[]={metric}"), "").unwrap().1;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while export("orchestrator_tasks_total").is_empty() || export("written").is_empty() {
        assert!(std::time::Instant::now() < deadline, "nothing arrived in a minute");
        std::thread::yield_now();
    }
    let series = export("orchestrator_tasks_total");
    assert!(
        series.contains("\"job\":\"orchestrator\"") && series.contains("\"service\":\"orchestrator\""),
        "{series}"
    );
}
