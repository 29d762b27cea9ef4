#lang racket/base
(require syntax/modread)
;; Runs program.rkt, then tests.rkt with checks that end with the first that fails.
(let* ([token (read-bytes 32 (current-input-port))]
       [proof (open-output-file "/proc/self/fd/3" #:exists 'append)]
       [leave (exit-handler)]
       [out (current-output-port)]
       [err (current-error-port)]
       [taken (lambda (name)
                (define port (open-input-file name))
                (port-count-lines! port)
                (define syntax
                  (with-module-reading-parameterization (lambda () (read-syntax name port))))
                (close-input-port port)
                (delete-file name)
                syntax)]
       [end (lambda (code words)
              (flush-output out)
              (write-string words err)
              (newline err)
              (flush-output err)
              (leave code))]
       [words (lambda (raised) (if (exn? raised) (exn-message raised) (format "raised ~e" raised)))]
       [names (make-base-namespace)]
       [declare (lambda (syntax name)
                  (parameterize ([current-module-declare-name (make-resolved-module-path (build-path (current-directory) name))])
                    (eval syntax names)))]
       [run (lambda (name) (parameterize ([current-namespace names]) (dynamic-require (build-path (current-directory) name) #f)))]
       [not-compiled (lambda (raised) (end 64 (words raised)))]
       [failed (make-parameter #f)])
  (random-seed 1)
  (parameterize ([current-namespace names])
    (define tests
      (with-handlers ([void not-compiled]) (taken "tests.rkt")))
    (define program
      (with-handlers ([void not-compiled]) (taken "program.rkt")))
    (define checks
      (taken "checks.rkt"))
    (delete-file "harness.rkt")
    (declare checks "checks.rkt")
    (run "checks.rkt")
    (with-handlers ([void not-compiled]) (declare program "program.rkt"))
    (with-handlers ([void (lambda (raised) (end 1 (words raised)))]) (run "program.rkt"))
    (with-handlers ([void not-compiled]) (declare tests "tests.rkt"))
    (with-handlers ([vector? (lambda (raised) (end 65 (format "Assertion failed: ~a" (vector-ref raised 0))))]
                    [void (lambda (raised) (end 1 (words raised)))])
      (run "tests.rkt"))
    (write-bytes token proof)
    (close-output-port proof)
    (flush-output out)
    (leave 0)))
