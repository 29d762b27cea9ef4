#lang racket/base
(require (only-in racket/string string-join))
;; The checks of rackunit, ended by the first that fails: nobody can install another handler.
(provide (all-defined-out))
(define (fail-with name . values)
  (raise (vector (format "~a ~a" name (string-join (map (lambda (it) (format "~e" it)) values))))))
(define-syntax-rule (define-checks [name (argument ...) holds] ...)
  (begin (define (name argument ... [message #f]) (unless holds (fail-with 'name argument ...))) ...))
(define (within? a b epsilon)
  (cond
    [(and (number? a) (number? b)) (or (eqv? a b) (and (not (eqv? a +nan.0)) (not (eqv? b +nan.0)) (<= (magnitude (- a b)) epsilon)))]
    [(and (pair? a) (pair? b)) (and (within? (car a) (car b) epsilon) (within? (cdr a) (cdr b) epsilon))]
    [(and (vector? a) (vector? b))
     (and (= (vector-length a) (vector-length b)) (for/and ([x a] [y b]) (within? x y epsilon)))]
    [(and (hash? a) (hash? b))
     (and (= (hash-count a) (hash-count b))
          (for/and ([(key value) a]) (and (hash-has-key? b key) (within? value (hash-ref b key) epsilon))))]
    [(or (number? a) (pair? a) (vector? a) (hash? a)) #f]
    [else (equal? b a)]))
(define-checks
  [check-within (actual expected epsilon) (within? actual expected epsilon)]
  [check-equal? (actual expected) (equal? expected actual)]
  [check-not-equal? (actual expected) (not (equal? expected actual))]
  [check-eqv? (actual expected) (eqv? actual expected)]
  [check-not-eqv? (actual expected) (not (eqv? actual expected))]
  [check-eq? (actual expected) (eq? actual expected)]
  [check-not-eq? (actual expected) (not (eq? actual expected))]
  [check-true (actual) (eq? actual #t)]
  [check-false (actual) (eq? actual #f)]
  [check-not-false (actual) actual]
  [check-pred (predicate actual) (predicate actual)]
  [check-= (actual expected epsilon) (and (number? actual) (<= (magnitude (- actual expected)) epsilon))])
(define (check-exn expected thunk [message #f])
  (define raised (with-handlers ([void (lambda (it) it)]) (thunk) (vector)))
  (unless (if (regexp? expected) (and (exn? raised) (regexp-match? expected (exn-message raised))) (expected raised))
    (fail-with 'check-exn raised)))
(define (check-not-exn thunk [message #f]) (void (thunk)))
