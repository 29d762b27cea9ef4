<?php
(static function () {
    $token = fread(STDIN, 32);
    $tests = file_get_contents('tests.php');
    unlink('tests.php');
    unlink('harness.php');
    mt_srand(1);
    $leave = static function (int $code, string $words): never {
        while (ob_get_level() > 0) { ob_end_flush(); }
        fwrite(STDERR, "\n$words\n");
        exit($code);
    };
    register_shutdown_function(static function () use ($token, $tests, $leave) {
        $last = error_get_last();
        if ($last !== null && ($last['type'] & (E_PARSE | E_COMPILE_ERROR))) {
            $leave(64, $last['message']);
        }
        if ($last !== null && ($last['type'] & (E_ERROR | E_CORE_ERROR | E_USER_ERROR))) {
            return;
        }
        try {
            (static function () { eval(func_get_arg(0)); })($tests);
        } catch (\Throwable $error) {
            $where = $error->getFile();
            $ours = str_contains($where, "eval()'d");
            $words = get_class($error) . ': ' . $error->getMessage();
            if ($ours && (get_class($error) === 'Exception' || $error instanceof \AssertionError)) {
                $leave(65, "Assertion failed: $words in line " . $error->getLine() . ' of the tests');
            }
            $leave(1, $words);
        }
        $proof = fopen('php://fd/3', 'w');
        fwrite($proof, $token);
    });
})();
require 'program.php';
