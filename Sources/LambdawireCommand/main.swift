print("lambdawire")
