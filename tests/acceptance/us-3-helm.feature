Feature: US-3: Create Helm Subchart
  As a DevOps engineer
  I want a Helm subchart for VictoriaMetrics following project patterns
  So that it integrates seamlessly with the dox-asdlc umbrella chart

  1. Chart.yaml follows project conventions (version 0.1.0, appVersion matches image tag)
  2. values.yaml has all configurable options with sensible defaults
  3. _helpers.tpl provides standard label and name helpers
  4. templates/ contains statefulset, daemonset, service, configmap, RBAC resources
  5. Chart can be disabled via victoriametrics.enabled: false
  6. Parent Chart.yaml lists victoriametrics as dependency

  Scenario: Chart renders without errors
    Given the subchart is defined
    When I run helm template dox-asdlc
    Then no template errors should occur
    And VictoriaMetrics resources should be rendered
    And the chart should follow the project's conventions

  Scenario: Chart can be disabled
    Given victoriametrics.enabled is false
    When I render templates
    Then no VictoriaMetrics resources should be rendered

  Scenario: Custom values are applied
    Given I set persistence.size to "50Gi"
    When I render templates
    Then the PVC should request 50Gi storage
