package passatk_PASSATK_MARK;
use strict;
use Test::Deep ();
use Data::Dumper ();
use List::Util ();
use Scalar::Util ();

my ($token, $proof);
sysread(STDIN, $token, 32) == 32 or die 'no token';
open($proof, '>&=', 3) or die 'no proof';
my $leave = sub {
    my ($code, $words) = @_;
    STDOUT->flush;
    syswrite(STDERR, "$words\n");
    CORE::exit($code);
};
my $taken = sub {
    my ($name) = @_;
    open(my $file, '<', $name) or die $name;
    local $/;
    my $text = <$file>;
    unlink $name;
    return $text;
};
my $tests = $taken->('tests.pl');
unlink 'harness.pl';
CORE::srand(1);

# what compares values, the parts that are loaded when they are needed too
Test::Deep::eq_deeply([1, 'a', undef, { b => [2] }, \3, sub { 1 }], [1, 'a', undef, { b => [2] }, \3, 4]);
Test::Deep::eq_deeply($_, 'x') for (1, undef, [], {}, 'x');
my $state = sub {
    my @found;
    for my $package (sort grep { m{^Test/Deep} } keys %INC) {
        (my $name = $package) =~ s{\.pm$}{};
        $name =~ s{/}{::}g;
        no strict 'refs';
        my $stash = \%{"${name}::"};
        for my $entry (sort keys %$stash) {
            push @found, "$name $entry " . Scalar::Util::refaddr(\&{"${name}::$entry"}) if defined &{"${name}::$entry"};
        }
    }
    return join "\n", @found;
};
my $before = $state->();
my %own = map { $_ => Test::Deep->can($_) } qw(eq_deeply cmp_deeply);

our $begun;
my $done = do './program.pl';
my $wrong = $@ || (defined $done || $begun ? '' : $!);
$leave->($begun ? 1 : 64, $wrong) if $wrong;
$leave->(0, 'the program changed how values are compared') if $state->() ne $before;

{
    no strict 'refs';
    no warnings;
    $own{exit} = sub { $leave->($_[0] ? 65 : 0, 'Assertion failed: the tests exited with ' . ($_[0] || 0)) };
    *{'passatk_PASSATK_MARK_tests::exit'} = $own{exit};
    for my $name (qw(NAMES)) {
        *{"passatk_PASSATK_MARK_tests::$name"} = \&{"main::$name"} if defined &{"main::$name"};
    }
}
local $SIG{__DIE__};
local $SIG{__WARN__} = sub { };
local ($,, $\);
eval "package passatk_PASSATK_MARK_tests;\n#line 1 tests.pl\n$tests\n;1" or $leave->($@ =~ /^Test failed|assert/i ? 65 : 1, $@);
my $kept = !grep { my $now = passatk_PASSATK_MARK_tests->can($_); $now && $now != $own{$_} } keys %own;
$leave->(0, 'the program changed how values are compared') if !$kept || $state->() ne $before;
syswrite($proof, $token);
