// Opens and signs notes with the library of the Go checksum database, golang.org/x/mod/sumdb/note.
//
//	note open VERIFIER-KEY < note     prints the text, and ends with 1 where the note is not signed by the key
//	note sign SIGNING-KEY < text      prints the note
package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
)

func run(verb, key string) ([]byte, error) {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, err
	}
	if verb == "sign" {
		signer, err := note.NewSigner(key)
		if err != nil {
			return nil, err
		}
		return note.Sign(&note.Note{Text: string(input)}, signer)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(input, note.VerifierList(verifier))
	if err != nil {
		return nil, err
	}
	return []byte(opened.Text), nil
}

func main() {
	output, err := run(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(output)
}
