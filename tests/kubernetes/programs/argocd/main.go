// The parts of Argo CD that a sync needs, in one program: its name or its first argument says which.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	repo "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func redis() *cobra.Command {
	return &cobra.Command{Use: "argocd-redis ADDRESS", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, arguments []string) error {
		if err := miniredis.NewMiniRedis().StartAddr(arguments[0]); err != nil {
			return err
		}
		select {}
	}}
}

func main() {
	programs := map[string]func() *cobra.Command{
		"argocd-redis":                  redis,
		"argocd-application-controller": controller.NewCommand,
		"argocd-repo-server":            repo.NewCommand,
	}
	arguments := os.Args
	program := programs[filepath.Base(arguments[0])]
	if program == nil && len(arguments) > 1 {
		arguments = arguments[1:]
		program = programs[arguments[0]]
	}
	if program == nil {
		fmt.Fprintln(os.Stderr, "usage: argocd argocd-redis|argocd-application-controller|argocd-repo-server ...")
		os.Exit(2)
	}
	os.Args = arguments
	command := program()
	command.SetArgs(arguments[1:])
	if command.Execute() != nil {
		os.Exit(1)
	}
}
