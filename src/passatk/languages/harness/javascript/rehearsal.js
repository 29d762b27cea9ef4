const f = (value) => value
;__passatk_hand({ get f () { return f } })
