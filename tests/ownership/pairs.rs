//! Two builds at once lose nothing.

use crate::common::{Project, vmsc};
use crate::{STACK, repository, stack};
use std::process::{Child, Stdio};

const PAIRS: u32 = 200;

fn second(port: u32) -> String {
    format!(
        "stack second {{\n  version = v1.106.1\n  chart.parent = \"charts/u\"\n  compose.network = \"app-net\"\n  service {{ name = \"second-store\", port = {port} }}\n}}\n"
    )
}

fn start(project: &Project, stack: &str) -> Child {
    vmsc(project.path()).args(["build", stack]).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn two_builds_of_two_stacks_and_of_one() {
    let project = repository("a: 1\n", "services:\n  web:\n    image: x\n");
    for n in 0..PAIRS {
        project.write(STACK, &stack(&format!("{}d", 30 + n), ""));
        project.write("stacks/second.vms", &second(9000 + n));
        let of = if n % 4 == 3 { STACK } else { "stacks/second.vms" };
        for child in [start(&project, STACK), start(&project, of)] {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{n}: {}", String::from_utf8_lossy(&output.stderr));
        }
        project.build(&["stacks/second.vms"]);
        let said = project.build(&[]);
        assert!(said.contains("nothing to do"), "{n}: {said}");
        let values = project.read("charts/u/values.yaml");
        assert!(
            values.contains(&format!("{}d", 30 + n)) && values.contains(&format!("{}", 9000 + n)),
            "{values}"
        );
    }
}
