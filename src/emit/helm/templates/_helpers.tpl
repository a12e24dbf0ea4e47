{{/*
Name of the chart.
*/}}
{{- define "«chart».name" -}}
{{- default .Chart.Name «=nameOverride» | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/*
Name of the objects. At most 52 characters, because a StatefulSet's pods get a hash of 10 in a
label; no dots, because such a StatefulSet has no pods. Where it is too long the release's part is
cut and gets a hash, so that neither two charts nor two releases come to one name.
*/}}
{{- define "«chart».fullname" -}}
{{- if «=fullnameOverride» }}
{{- «=fullnameOverride» | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name «=nameOverride» | trunc 40 | trimSuffix "-" }}
{{- $release := .Release.Name | replace "." "-" }}
{{- $full := contains $name $release | ternary $release (printf "%s-%s" $release $name) }}
{{- if gt (len $full) 52 }}
{{- $full = printf "%s-%s" (sha256sum .Release.Name | trunc 6) $name }}
{{- $full = printf "%s-%s" ($release | trunc (sub 51 (len $full) | int) | trimSuffix "-") $full }}
{{- end }}
{{- $full }}
{{- end }}
{{- end }}

{{/*
Name of the volume claim. Overrides of names do not reach it: the samples would stay behind.
*/}}
{{- define "«chart».claim" -}}
{{- $volume := default .Chart.Name «=persistence.volume» }}
{{- contains $volume .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $volume) }}
{{- end }}

{{/*
Name that the volume claim had in charts of vmsc 0.1, whose claims were named like the objects.
*/}}
{{- define "«chart».oldClaim" -}}
{{- $name := default .Chart.Name «=nameOverride» }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- default $full «=fullnameOverride» | trunc 52 | trimSuffix "-" }}
{{- end }}

{{/*
Whether the volume claim's class was `given` when it was made, or left to the cluster's `default`:
the claim that stands says so, and where none stands the values.
*/}}
{{- define "«chart».claimClass" -}}
{{- $given := kindIs "invalid" «=persistence.storageClass» | ternary "default" "given" }}
{{- $claim := lookup "v1" "PersistentVolumeClaim" .Release.Namespace (include "«chart».claim" .) | default dict }}
{{- dig "metadata" "annotations" "vmsc/storage-class" $given $claim }}
{{- end }}

{{/*
Chart and version, as a label.
*/}}
{{- define "«chart».chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
Labels of an object: a dict of `root` and `component`. The umbrella's labels are merged; ours win.
*/}}
{{- define "«chart».labels" -}}
{{- $own := dict
  "helm.sh/chart" (include "«chart».chart" .root)
  "app.kubernetes.io/version" (.root.Chart.AppVersion | replace "+" "_")
  "app.kubernetes.io/managed-by" .root.Release.Service
  "app.kubernetes.io/part-of" "«part-of»" }}
{{- $selector := include "«chart».selectorLabels" . | fromYaml }}
{{- $global := ((.root.Values.global).labels) | default dict }}
{{- range $key, $value := merge (dict) $selector $own $global }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/*
Labels by which an object finds its pods. They never change, or an upgrade fails.
*/}}
{{- define "«chart».selectorLabels" -}}
app.kubernetes.io/name: {{ include "«chart».name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component | quote }}
{{- end }}

{{/*
Labels of a pod: a dict of `root`, `component` and `labels`. Without the chart's version, which
would restart the database with each release of the chart.
*/}}
{{- define "«chart».podLabels" -}}
{{- $selector := include "«chart».selectorLabels" . | fromYaml }}
{{- $global := ((.root.Values.global).labels) | default dict }}
{{- $own := dict "app.kubernetes.io/part-of" "«part-of»" }}
{{- range $key, $value := merge (dict) $selector $own (.labels | default dict) $global }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/*
Name of the agents' service account.
*/}}
{{- define "«chart».serviceAccountName" -}}
{{- if «=serviceAccount.create» }}
{{- default (printf "%s-vmagent" (include "«chart».fullname" .)) «=serviceAccount.name» }}
{{- else }}
{{- «=serviceAccount.name» }}
{{- end }}
{{- end }}

{{/*
Reference of an image: a dict of `root`, `image` and `tag`.
*/}}
{{- define "«chart».image" -}}
{{- $registry := ((.root.Values.global).imageRegistry) | default .image.registry }}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}:{{ .tag }}
{{- with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/*
Secrets that images are pulled with, the umbrella's first.
*/}}
{{- define "«chart».imagePullSecrets" -}}
{{- $secrets := concat (((.Values.global).imagePullSecrets) | default list) «=imagePullSecrets» }}
{{- with $secrets }}
imagePullSecrets:
  {{- range . }}
  {{- if kindIs "string" . }}
  - name: {{ . | quote }}
  {{- else }}
  - {{ toYaml . | nindent 4 | trim }}
  {{- end }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
A map of strings, each quoted: any text comes back as it is.
*/}}
{{- define "«chart».strings" -}}
{{- range $key, $value := . }}
{{ $key | quote }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/*
Environment variables.
*/}}
{{- define "«chart».env" -}}
{{- range . }}
- name: {{ .name | quote }}
  {{- if not (kindIs "invalid" .value) }}
  value: {{ .value | quote }}
  {{- end }}
  {{- with .valueFrom }}
  valueFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
A probe's settings: a dict of `probe`.
*/}}
{{- define "«chart».probe" -}}
httpGet:
  path: «health»
  port: http
initialDelaySeconds: {{ .initialDelaySeconds | int64 }}
periodSeconds: {{ .periodSeconds | int64 }}
timeoutSeconds: {{ .timeoutSeconds | int64 }}
failureThreshold: {{ .failureThreshold | int64 }}
{{- end }}

{{- /* One value of a repeated flag: a program splits it at its commas unless it is in quotes. */}}
{{- define "«chart».one" -}}
{{- contains "," . | ternary (quote .) . }}
{{- end }}

{{/*
More flags; a list repeats its flag, and large numbers stay whole.
*/}}
{{- define "«chart».extraArgs" -}}
{{- range $flag, $given := . }}
{{- range (kindIs "slice" $given | ternary $given (list $given)) }}
{{- $value := toString . }}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}
{{- $value = int64 . | toString }}
{{- end }}
- {{ printf "-%s=%s" $flag $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/*
A text in a scrape file: quoted, and `%{NAME}` in it is no variable.
*/}}
{{- define "«chart».text" -}}
{{- toString . | toJson | replace "%{" "%\\u007b" }}
{{- end }}

{{/*
Milliseconds of a duration such as `1h30m`.
*/}}
{{- define "«chart».milliseconds" -}}
{{- $units := dict "ms" 1.0 "s" 1000.0 "m" 60000.0 "h" 3600000.0 "d" 86400000.0 "w" 604800000.0 "y" 31536000000.0 }}
{{- $total := 0.0 }}
{{- range regexFindAll "[0-9]+([.][0-9]+)?(ms|[smhdwy])" (toString .) -1 }}
{{- $total = addf $total (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) }}
{{- end }}
{{- $total | int64 }}
{{- end }}

{{/*
Bytes of an amount such as `512Mi`.
*/}}
{{- define "«chart».bytes" -}}
{{- $units := dict "" 1.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 }}
{{- $text := kindIs "float64" . | ternary (. | int64 | toString) (toString .) }}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (get $units (regexFind "[A-Za-z]*$" $text)) | int64 }}
{{- end }}

{{/*
Thousandths of a core of a share of CPU such as `100m` or `0.5`.
*/}}
{{- define "«chart».millicores" -}}
{{- $text := toString . }}
{{- mulf (regexFind "^[0-9.]+" $text | float64) (hasSuffix "m" $text | ternary 1.0 1000.0) | int64 }}
{{- end }}

{{/*
A retention in the units of -retentionPeriod, which has none below hours.
*/}}
{{- define "«chart».retention" -}}
{{- if regexMatch "^[0-9hdwy]+$" (toString .) }}
{{- . }}
{{- else }}
{{- printf "%dh" (divf (include "«chart».milliseconds" . | float64) 3600000.0 | int64) }}
{{- end }}
{{- end }}

{{/*
Bytes as a flag takes them: `512MiB`, or a plain number.
*/}}
{{- define "«chart».flagBytes" -}}
{{- if regexMatch "^[0-9]+[KMGT]i$" (toString .) }}
{{- . }}B
{{- else }}
{{- include "«chart».bytes" . }}
{{- end }}
{{- end }}

{{/*
The smaller or larger of two quantities, as written: a dict of `of` (two values), `by` (the helper
that measures them) and `larger`.
*/}}
{{- define "«chart».choose" -}}
{{- $first := index .of 0 }}
{{- $second := index .of 1 }}
{{- $less := lt (include .by $first | float64) (include .by $second | float64) }}
{{- if eq .larger $less }}{{ $second }}{{ else }}{{ $first }}{{ end }}
{{- end }}
«defaults»
«unfollowed»
«scrape-files»
