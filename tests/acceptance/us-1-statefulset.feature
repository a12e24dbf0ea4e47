Feature: US-1: Deploy VictoriaMetrics StatefulSet
  As a DevOps engineer
  I want VictoriaMetrics deployed as a StatefulSet with persistent storage
  So that metrics data survives pod restarts and cluster upgrades

  1. StatefulSet deploys with 1 replica in single-node mode
  2. PersistentVolumeClaim provisions 10Gi storage (configurable)
  3. Pod becomes Ready within 60 seconds
  4. Data persists across pod restarts
  5. Retention period configurable (default 30 days)

  Scenario: VictoriaMetrics pod starts successfully
    Given the Helm chart is installed
    When I check the StatefulSet status
    Then the pod should be Running and Ready
    And the health endpoint /health should return 200
    And it should have become Ready within 60 seconds
    And there should be 1 replica with a claim of 10Gi

  Scenario: Data persists across restart
    Given VictoriaMetrics is running
    And I write a test metric via remote write
    When I delete and recreate the pod
    Then the test metric should still be queryable

  Scenario: Retention is applied
    Given retention is set to "7d"
    When I install the chart with custom values
    Then VictoriaMetrics should start with -retentionPeriod=7d
    And a sample of 6 days ago should be found and one of 9 days ago not
