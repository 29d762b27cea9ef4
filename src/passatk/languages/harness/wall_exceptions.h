// Standard exceptions that cross the wall, each before what it derives from.
PASSATK_CLASS(std::out_of_range)
PASSATK_CLASS(std::invalid_argument)
PASSATK_CLASS(std::domain_error)
PASSATK_CLASS(std::length_error)
PASSATK_CLASS(std::logic_error)
PASSATK_CLASS(std::range_error)
PASSATK_CLASS(std::overflow_error)
PASSATK_CLASS(std::underflow_error)
PASSATK_CLASS(std::runtime_error)
#ifndef PASSATK_WITH_WORDS
PASSATK_CLASS(std::bad_alloc)
PASSATK_CLASS(std::bad_cast)
#endif
