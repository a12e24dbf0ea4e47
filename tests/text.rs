//! Text stays text: any string of a stack comes back the same through real Helm, two YAML readers, and
//! Compose.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, must, repository, tool};
use serde_yaml::Value;
use std::fs;
use std::process::Command;

/// Strings that some reader takes for something else, and some that templates, Compose and scrape
/// files give a meaning.
fn strings() -> Vec<String> {
    let known = fs::read_to_string(repository().join("tests/text/strings.json")).unwrap();
    let mut strings: Vec<String> = serde_json::from_str(&known).unwrap();
    strings.extend(
        [
            "{{ .Values.x }}",
            "{{",
            "}}",
            "{{{",
            "$HOME",
            "${HOME}",
            "$$",
            "$",
            "%{HOME}",
            "%",
            "%%{",
            "%d",
            "\\(x)",
            "a\nb",
            "a\r\nb",
            "\n",
            " a ",
            "\t",
            "😀",
            "e\u{301}",
            "\u{200B}",
            "\u{FEFF}",
            "`x`",
            "'",
            "\"",
            "\\",
            "\\x7b",
            "#",
            "# a",
            "a: b",
            "- a",
            "|",
            ">",
            "&a",
            "*a",
            "!a",
            "@a",
            "{{ include \"x\" . }}",
            "{{/* c */}}",
        ]
        .map(str::to_owned),
    );
    // Generated: pieces put together in every order of three.
    let pieces = ["{{", "}}", "$", "%{", "\\", "\"", "'", ": ", " #", "\n", "é", "0", "no"];
    for (n, first) in pieces.iter().enumerate() {
        for (m, second) in pieces.iter().enumerate() {
            strings.push(format!("{first}{second}{}", pieces[(n * 7 + m * 3) % pieces.len()]));
        }
    }
    // What Helm 3 can't carry is reported (tests/ui/syntax/control_in_text.vms).
    let carried = |c: char| !matches!(c as u32, 0 | 0x7F..=0x84 | 0x86..=0x9F) && c as u32 & 0xFFFE != 0xFFFE;
    strings.retain(|text| text.chars().all(carried));
    strings
}

/// A string literal of the language.
fn literal(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

fn project(strings: &[String]) -> Project {
    let list = |form: &dyn Fn(usize, &str) -> String| {
        strings.iter().enumerate().map(|(n, s)| form(n, &literal(s))).collect::<String>()
    };
    let annotations = list(&|n, text| format!("    podAnnotations {{ k{n} = {text} }}\n"));
    let environment = list(&|n, text| format!("{{ name = \"K{n}\", value = {text} }}, "));
    let relabel = list(&|_, text| {
        format!(
            "{{ sourceLabels = [\"a\"], targetLabel = \"b\", regex = \"(.)(.)(.)(.)(.)(.)(.)(.)(.)\", separator = {text} }},\n"
        )
    });
    let stack = format!(
        "stack victoriametrics {{\n  version = v1.106.1\n  server {{\n{annotations}    extraEnv = [{environment}]\n    extraArgs {{ \"deleteAuthKey\" = {} }}\n  }}\n  scrape {{\n    job \"a\" {{\n      targets = [\"a:1\"]\n      relabel = [\n{relabel}]\n    }}\n  }}\n  chart {{ parent = \"charts/dox-asdlc\" }}\n  compose {{ network = \"asdlc-network\" }}\n}}\n",
        literal("{{ $a }} ${b} %c")
    );
    Project::with_stack(&stack)
}

/// What a reader makes of the separators of a scrape file.
fn separators(scrape: &Value) -> Vec<String> {
    let job =
        scrape["scrape_configs"].as_sequence().unwrap().iter().find(|job| job["job_name"] == "a").unwrap();
    // `;` is the default and is left out.
    let rules = job["relabel_configs"].as_sequence().unwrap();
    rules.iter().map(|rule| rule["separator"].as_str().unwrap_or(";").to_owned()).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn every_string_comes_back() {
    let strings = strings();
    assert!(strings.len() > 500);
    let project = project(&strings);

    // Helm: values to objects, and the scrape file inside one.
    let chart = project.path().join("charts/dox-asdlc");
    for helm in ["bin/helm3", "bin/helm4"] {
        let rendered = must(Command::new(tool(helm)).args(["template", "demo"]).arg(&chart));
        let objects: Vec<Value> = serde_yaml::Deserializer::from_str(&rendered)
            .map(|d| serde::Deserialize::deserialize(d).unwrap())
            .collect();
        let pod = &objects.iter().find(|o| o["kind"] == "StatefulSet").unwrap()["spec"]["template"];
        let environment = pod["spec"]["containers"][0]["env"].as_sequence().unwrap();
        for (n, text) in strings.iter().enumerate() {
            assert_eq!(
                pod["metadata"]["annotations"][format!("k{n}").as_str()].as_str(),
                Some(text.as_str()),
                "{helm}"
            );
            assert_eq!(environment[n]["value"].as_str(), Some(text.as_str()), "{helm}");
        }
        let arguments = serde_yaml::to_string(&pod["spec"]["containers"][0]["args"]).unwrap();
        assert!(arguments.contains("-deleteAuthKey={{ $a }} ${b} %c"), "{arguments}");
        let scrape = objects
            .iter()
            .filter(|o| o["kind"] == "ConfigMap")
            .find_map(|o| o["data"]["scrape.yml"].as_str().filter(|text| text.contains("job_name: a\n")));
        let scrape = scrape.unwrap();
        assert!(!scrape.contains("%{"), "a placeholder would be replaced");
        assert_eq!(separators(&serde_yaml::from_str(scrape).unwrap()), strings, "{helm}");
    }

    // Two YAML readers, of 1.1 and 1.2, on the files as they are.
    let script = "import json, sys, yaml, ruamel.yaml\n\
        values, compose, scrape = [open(p).read() for p in sys.argv[1:4]]\n\
        for load in (yaml.safe_load, ruamel.yaml.YAML(typ='safe').load):\n\
        \tv, c, s = load(values), load(compose), load(scrape)\n\
        \tnotes = v['victoriametrics']['server']['podAnnotations']\n\
        \tenv = c['services']['victoriametrics']['environment']\n\
        \trules = [j for j in s['scrape_configs'] if j['job_name'] == 'a'][0]['relabel_configs']\n\
        \tn = len(rules)\n\
        \tprint(json.dumps([[notes['k%d' % i] for i in range(n)], [env['K%d' % i] for i in range(n)], [r.get('separator', ';') for r in rules]]))\n";
    let path = |path: &str| project.path().join(path);
    let read = must(Command::new(tool("python/bin/python")).args(["-c", script]).args([
        path("charts/dox-asdlc/values.yaml"),
        path("docker/docker-compose.yml"),
        path("docker/victoriametrics/scrape.yml"),
    ]));
    let doubled: Vec<String> = strings.iter().map(|text| text.replace('$', "$$")).collect();
    for line in read.lines() {
        let [notes, environment, separators]: [Vec<String>; 3] = serde_json::from_str(line).unwrap();
        assert_eq!(notes, strings);
        assert_eq!(environment, doubled, "Compose takes `$$` for a dollar");
        assert_eq!(separators, strings);
    }
    assert_eq!(read.lines().count(), 2);

    // Compose itself; it needs no engine to read.
    for program in ["bin/docker-compose-2.40.3", "bin/docker-compose-5.6.0"] {
        let config = must(
            Command::new(tool(program))
                .args(["-f", "docker-compose.yml", "config", "--format", "json", "--no-interpolate"])
                .current_dir(path("docker"))
                .env("HOME", project.path()),
        );
        assert!(config.contains("victoriametrics"));
        let config = must(
            Command::new(tool(program))
                .args(["-f", "docker-compose.yml", "config", "--format", "json"])
                .current_dir(path("docker"))
                .env("HOME", project.path()),
        );
        let config: serde_json::Value = serde_json::from_str(&config).unwrap();
        for (n, text) in doubled.iter().enumerate() {
            // `config` prints a file again, so its dollars are doubled still.
            assert_eq!(
                config["services"]["victoriametrics"]["environment"][format!("K{n}")].as_str(),
                Some(text.as_str())
            );
        }
    }
}
