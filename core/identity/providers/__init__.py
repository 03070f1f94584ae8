"""Single sign-on: an outside provider says who somebody is; the account, its rights and its second factor stay ours."""
